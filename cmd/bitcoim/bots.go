package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/wallet"
	"github.com/bitcoim/bitcoim/worker"
)

// openLIME makes the door for bots; nil if it is off.
func openLIME(c config.Config, desk *command.Desk, words *i18n.Catalogue, log *slog.Logger) (*limedoor.Door, error) {
	l := c.LIME
	if !l.On() {
		return nil, nil
	}
	proxies, err := prefixes("lime.proxies", l.Proxies)
	if err != nil {
		return nil, err
	}
	return limedoor.New(limedoor.Options{Domain: c.XMPP.Domain, TCP: l.TCP, TLS: l.TLS, WS: l.WS, Cert: l.CertFile, Key: l.KeyFile,
		Origins: l.Pages, Proxies: proxies, RequireTLS: l.RequireTLS, Register: l.Register, Guests: l.Guests, Desk: desk, Passwords: desk.Passwords(),
		Words: words, Log: log})
}

// checkLIME looks whether the door can be opened.
func checkLIME(_ context.Context, c config.Config) (string, error) {
	words, err := i18n.Load(c.Messages.Dir)
	if err != nil {
		return "", err
	}
	door, err := openLIME(c, command.New(&wallet.Service{Words: words}), words, nil)
	switch l := c.LIME; {
	case err != nil:
		return "", err
	case door == nil:
		return "off", nil
	case len(l.URLs) == 0:
		return "", errors.New("lime.urls is empty: users are not told where their bots connect")
	default:
		return strings.Join(l.URLs, ", "), nil
	}
}

// herald says notices to those whom an XMPP server knows. Who has an account
// without one reads them at the door for bots.
type herald struct {
	worker.Teller
	domain string // of the gateway
}

func (h herald) Tell(ctx context.Context, n outbox.Notice) error {
	if _, domain, _ := address.SplitJID(n.User); domain == h.domain {
		return nil
	}
	return h.Teller.Tell(ctx, n)
}
