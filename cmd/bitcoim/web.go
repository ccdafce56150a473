package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/door/web"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/wallet"
)

// strangers lets the web door ask the desk.
type strangers struct{ desk *command.Desk }

func (s strangers) Payee(ctx context.Context, name string) (web.Payee, error) {
	p, err := s.desk.Payee(ctx, name)
	return web.Payee{Name: p.Name, JID: p.JID, Min: p.Min, Max: p.Max, Comment: p.Note}, err
}

func (s strangers) Invoice(ctx context.Context, name string, m amount.Msat, hash [32]byte, note string) (web.Invoice, error) {
	in, err := s.desk.InvoiceFor(ctx, wallet.StrangerInvoice{Name: name, Amount: m, DescriptionHash: hash, Note: note, Door: "web"})
	if err != nil {
		return web.Invoice{}, err
	}
	h, err := lightning.ParseHash(in.Hash)
	return web.Invoice{Text: in.Text, Hash: h, Expires: in.Expiry()}, err
}

// openWeb makes the web door; nil if it is off.
func openWeb(c config.Config, desk web.Desk, words *i18n.Catalogue, log *slog.Logger) (*web.Door, error) {
	w := c.Web
	if w.Listen == "" {
		return nil, nil
	}
	proxies, err := prefixes("web.proxies", w.Proxies)
	if err != nil {
		return nil, err
	}
	return web.New(web.Options{URL: w.URL, Listen: w.Listen, Cert: w.CertFile, Key: w.KeyFile, Proxies: proxies,
		Desk: desk, Phrases: words, Language: c.XMPP.Languages[0], Log: log})
}

// prefixes reads addresses, each alone or with all that begin like it.
func prefixes(key string, texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
}

// checkWeb looks whether the door can be opened.
func checkWeb(_ context.Context, c config.Config) (string, error) {
	words, err := i18n.Load(c.Messages.Dir)
	if err != nil {
		return "", err
	}
	door, err := openWeb(c, strangers{}, words, nil)
	switch {
	case err != nil:
		return "", err
	case door == nil:
		return "off", nil
	}
	return c.Web.URL + " at " + c.Web.Listen, nil
}
