package limedoor

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// principal is for whom a session speaks; a guest has none.
type principal struct {
	jid      string
	app      wallet.AppID // 0: the user in person
	username string
	lang     string
	receive  bool // may not spend
	since    int64
	login    atomic.Int64 // number of the password that is known here; 0: a bot
}

// request is a request of whom the session speaks for, in chat or by name.
func (p *principal) request() command.Request {
	return command.Request{User: p.jid, App: p.app, Login: p.login.Load(), Lang: p.lang}
}

// authenticators are the ways in: a bot's key, a user's password, and as a
// guest.
func (d *Door) authenticators() map[lime.Scheme]limeserver.Authenticator {
	all := map[lime.Scheme]limeserver.Authenticator{lime.SchemeKey: d.keyLogin}
	if d.o.Passwords != nil {
		all[lime.SchemePlain] = d.passwordLogin
	}
	if d.o.Guests || d.o.Register {
		all[lime.SchemeGuest] = limeserver.GuestLogin(d.o.Domain)
	}
	return all
}

// keyLogin lets a bot in. Some clients send a key as it is and some in base64.
func (d *Door) keyLogin(ctx context.Context, l limeserver.Login) (limeserver.Grant, error) {
	name, err := d.username(l.Node.Identity)
	if err != nil {
		return limeserver.Grant{}, err
	}
	tried := map[string]bool{}
	for _, key := range []string{l.Authentication.Key, l.Authentication.Raw} {
		if key == "" || tried[key] {
			continue
		}
		tried[key] = true
		bot, err := d.desk.BotLogin(ctx, name, key)
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.NotAllowed):
			continue
		case err != nil:
			return limeserver.Grant{}, err
		}
		return d.grant(l, &principal{jid: bot.User, app: bot.App, username: bot.Username, lang: bot.Lang, receive: bot.ReceiveOnly}), nil
	}
	return limeserver.Grant{}, lime.ErrRefused
}

// passwordLogin lets a user in. For a name that nobody has a password is checked
// too, so that it takes as long.
func (d *Door) passwordLogin(ctx context.Context, l limeserver.Login) (limeserver.Grant, error) {
	name, err := d.username(l.Node.Identity)
	if err != nil {
		return limeserver.Grant{}, err
	}
	var a wallet.Account
	named := func() (err error) {
		if a, err = d.desk.Named(ctx, name); fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	if err := named(); err != nil {
		return limeserver.Grant{}, err
	}
	var number int64
	right, err := d.logins.check(ctx, try{name, source(l.Info.Remote)}, func() (ok bool, err error) {
		if err := named(); err != nil { // again: the turn may have come late
			return false, err
		}
		number, ok, err = d.o.Passwords.Check(ctx, a.JID, l.Authentication.Password)
		return ok && a.Registered, err
	})
	var refused *lime.Reason
	switch {
	case errors.As(err, &refused):
		d.log.Warn("lime: many wrong passwords", "user", name, "remote", l.Info.Remote)
		return limeserver.Grant{}, err
	case err != nil:
		return limeserver.Grant{}, err
	case !right:
		return limeserver.Grant{}, lime.ErrRefused
	}
	p := &principal{jid: a.JID, username: a.Username, lang: a.Lang}
	p.login.Store(number)
	return d.grant(l, p), nil
}

// grant lets somebody in, and knows them from now on.
func (d *Door) grant(l limeserver.Login, p *principal) limeserver.Grant {
	p.since = d.now()
	i := lime.Identity{Name: p.username, Domain: d.o.Domain}
	d.people.add(i, p, time.Now())
	return limeserver.Grant{Role: limeserver.Member, Identity: i, Principal: p}
}

// username is the name of an account in an identity of our domain, or a refusal.
func (d *Door) username(i lime.Identity) (string, error) {
	name := address.Fold(i.Name)
	if address.Fold(i.Domain) != address.Fold(d.o.Domain) || address.ValidUsername(name) != nil {
		return "", lime.ErrRefused
	}
	return name, nil
}
