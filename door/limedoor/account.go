package limedoor

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// Passwords are as long as this, in characters.
const shortest, longest = 8, 128

func (d *Door) accounts(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/account", readAccount)
	d.handle(m, lime.Set, "/account", setAccount, limeserver.ForGuests(), limeserver.ForAnybody())
	d.handle(m, lime.Merge, "/account", mergeAccount)
	d.handle(m, lime.Delete, "/account", closeAccount)
}

// readAccount says who the account is. There are no secrets in it.
func readAccount(ctx context.Context, c *call) (lime.Document, error) {
	if err := c.mayLook(ctx); err != nil {
		return nil, err
	}
	a, err := c.door.desk.Account(ctx, c.jid)
	if err != nil {
		return nil, err
	}
	doc := lime.Account{FullName: a.Username, Culture: a.Lang, Extras: map[string]string{"user": a.Username, "unit": a.Unit, "since": date(a.Since)}}
	if a.Lang != "" {
		doc.Extras["language"] = a.Lang
	}
	if c.app == 0 && !c.foster && !strings.HasSuffix(a.JID, "@"+c.door.o.Domain) {
		doc.AlternativeAccount = a.JID
	}
	return doc, nil
}

// setAccount opens an account for a guest, or gives a user another password.
func setAccount(ctx context.Context, c *call) (lime.Document, error) {
	doc, err := lime.As[lime.Account](c.Resource)
	if err != nil {
		return nil, err
	}
	switch {
	case c.who == nil:
		return nil, c.register(ctx, doc)
	case c.foster:
		return nil, lime.Errorf(lime.PermissionRequired, "this is another's account")
	}
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	if doc.Password == "" {
		return mergeAccount(ctx, c)
	}
	if err := passwordLength(doc); err != nil {
		return nil, err
	}
	number, err := c.door.o.Passwords.Change(ctx, c.jid, lime.Secret(doc.OldPassword), lime.Secret(doc.Password))
	if err != nil {
		return nil, err
	}
	c.who.login.Store(number) // the others' sessions end
	return nil, nil
}

// passwordLength refuses a new password that is too short or too long.
func passwordLength(doc lime.Account) error {
	if n := utf8.RuneCountInString(lime.Secret(doc.Password)); n < shortest || n > longest {
		return refuse(lime.InvalidArgument, "lime.password", map[string]any{"least": int64(shortest), "most": int64(longest)})
	}
	return nil
}

// register opens the account of whom a guest names. Nobody on XMPP has a JID in
// the domain of the gateway, so no account is met by accident. Whoever closed
// one comes back to it, and its coins, with its password only.
func (c *call) register(ctx context.Context, doc lime.Account) error {
	name := address.Fold(c.Owner.Name)
	switch {
	case !c.door.o.Register:
		return refuse(lime.NotAllowed, "register.closed", nil)
	case address.Fold(c.Owner.Domain) != address.Fold(c.door.o.Domain):
		return lime.Errorf(lime.InvalidIdentity, "an identity of %s is wanted", c.door.o.Domain)
	}
	if err := address.ValidUsername(name); err != nil {
		return err
	}
	if err := passwordLength(doc); err != nil {
		return err
	}
	if !c.door.opened.take(c.Channel.Info().Remote) {
		return refuse(lime.RequestLimit, "lime.busy", nil)
	}
	jid := name + "@" + address.Fold(c.door.o.Domain)
	_, err := inQueue(ctx, c.door, jid, func(ctx context.Context) (struct{}, error) { return struct{}{}, c.open(ctx, jid, name, doc) })
	return err
}

// open is register in the queue of the new account.
func (c *call) open(ctx context.Context, jid, name string, doc lime.Account) error {
	err := c.door.o.Passwords.Register(ctx, wallet.Newcomer{JID: jid, Name: name, Password: lime.Secret(doc.Password)})
	if err != nil || doc.Culture == "" {
		return err
	}
	by, err := c.door.desk.Caller(ctx, wallet.Caller{JID: jid})
	if err != nil {
		return err
	}
	if _, err := c.door.desk.Set(ctx, by, wallet.Settings{Language: c.door.language(doc.Culture)}); err != nil {
		c.door.log.Debug("lime: a language that nobody speaks here", "culture", doc.Culture, "err", err)
	}
	return nil
}

// mergeAccount changes how the gateway speaks to the user.
func mergeAccount(ctx context.Context, c *call) (lime.Document, error) {
	doc, err := lime.As[lime.Account](c.Resource)
	if err != nil {
		return nil, err
	}
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	var want wallet.Settings
	if unit := doc.Extras["unit"]; unit != "" {
		if want, err = wallet.UnitSetting(unit); err != nil {
			return nil, err
		}
	}
	if doc.Culture != "" {
		want.Language = c.door.language(doc.Culture)
	}
	if want == (wallet.Settings{}) {
		return nil, nil
	}
	_, err = does(ctx, c, "set", want, false, func(ctx context.Context, by wallet.Caller) (wallet.Settings, error) {
		return c.door.desk.Set(ctx, by, want)
	})
	return nil, err
}

// language is the tag of a culture as the gateway writes it: culture itself, if nobody speaks
// that here.
func (d *Door) language(culture string) *string {
	for _, tag := range d.words.Languages() {
		if strings.EqualFold(tag, culture) {
			return &tag
		}
	}
	return &culture
}

// closeAccount closes an account that is empty: coins would be left behind. The
// desk looks at it in the transaction that closes it.
func closeAccount(ctx context.Context, c *call) (lime.Document, error) {
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	_, err := does(ctx, c, "unregister", nil, false, func(ctx context.Context, by wallet.Caller) (wallet.Unregistered, error) {
		return c.door.desk.CloseEmpty(ctx, by)
	})
	return nil, err
}
