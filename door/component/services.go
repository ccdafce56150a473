package component

import (
	"context"

	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// Namespaces of the iq services.
const (
	nsInfo       = "http://jabber.org/protocol/disco#info"
	nsItems      = "http://jabber.org/protocol/disco#items"
	nsRSM        = "http://jabber.org/protocol/rsm"
	nsCommands   = "http://jabber.org/protocol/commands"
	nsForm       = "jabber:x:data"
	nsRegister   = "jabber:iq:register"
	nsPrompt     = "jabber:iq:gateway"
	nsVCard      = "vcard-temp"
	nsPubsub     = "http://jabber.org/protocol/pubsub"
	nsAvatarData = "urn:xmpp:avatar:data"
	nsAvatarMeta = "urn:xmpp:avatar:metadata"
	nsBob        = "urn:xmpp:bob"
	nsMedia      = "urn:xmpp:media-element"
	nsVersion    = "jabber:iq:version"
	nsLast       = "jabber:iq:last"
	nsPing       = "urn:xmpp:ping"
	nsTime       = "urn:xmpp:time"
)

// home is where the program lives, as vCard and caps say it.
const home = "https://github.com/bitcoim/bitcoim"

// services is every iq the gateway answers: one line each.
var services []Service

// It is filled here because disco#info lists it: a composite literal would
// refer to itself.
func init() {
	services = []Service{
		{Space: nsInfo, Local: "query", Feature: nsInfo, Get: discoInfo},
		{Space: nsItems, Local: "query", Feature: nsItems, Get: discoItems},
		{Space: nsCommands, Local: "command", Feature: nsCommands, Set: adhoc},
		{Space: nsRegister, Local: "query", Feature: nsRegister, Get: registration, Set: register},
		{Space: nsPrompt, Local: "query", Feature: nsPrompt, Get: gatewayPrompt, Set: gatewayFind},
		{Space: nsVCard, Local: "vCard", Feature: nsVCard, Get: vcard},
		{Space: nsPubsub, Local: "pubsub", Get: avatar},
		{Space: nsBob, Local: "data", Feature: nsBob, Get: bob},
		{Space: nsVersion, Local: "query", Feature: nsVersion, Get: version},
		{Space: nsLast, Local: "query", Feature: nsLast, Get: lastActivity},
		{Space: nsPing, Local: "ping", Feature: nsPing, Get: ping},
		{Space: nsTime, Local: "time", Feature: nsTime, Get: clock},
	}
}

// gatewayOnly are the features that contacts do not have.
var gatewayOnly = map[string]bool{nsRegister: true, nsPrompt: true}

// target is who the stanza is for, as its sender may see it. Nobody there, or
// nobody that the sender may know of, is a NotFound fault.
func (c *Component) target(ctx context.Context, q *Stanza) (wallet.Contact, error) {
	if q.At == "" {
		return wallet.Contact{Kind: wallet.GatewayContact, Name: c.cfg.Name}, nil
	}
	return c.contact(ctx, q.User, q.At)
}

// contact is who at@gateway is, as a user may see it.
func (c *Component) contact(ctx context.Context, user, at string) (wallet.Contact, error) {
	by, err := c.caller(ctx, user)
	if err != nil {
		return wallet.Contact{}, err
	}
	return c.desk.Contact(ctx, by, at)
}

// contacts are those who speak to a user with a presence of their own.
func (c *Component) contacts(ctx context.Context, user string) ([]wallet.Contact, error) {
	by, err := c.caller(ctx, user)
	if err != nil {
		return nil, err
	}
	return c.desk.Contacts(ctx, by)
}

// caller is a user who asks in person, as all do who come by XMPP.
func (c *Component) caller(ctx context.Context, user string) (wallet.Caller, error) {
	return c.desk.Caller(ctx, wallet.Caller{JID: user})
}

// listener is who asks, and the words to answer with: in the language of the
// stanza, else of the account.
func (c *Component) listener(ctx context.Context, q *Stanza) (wallet.Account, i18n.Printer, error) {
	a, err := c.desk.Account(ctx, q.User)
	if err != nil {
		return a, i18n.Printer{}, err
	}
	return a, c.words(a.Unit, q.Lang, a.Lang), nil
}
