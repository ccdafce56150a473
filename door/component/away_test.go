package component_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/fault"
)

// While the database is away, everybody who asks for what is in it hears that
// it is, in words, whatever they ask with.
func TestWhileTheDatabaseIsAway(t *testing.T) {
	v := visiting(t)
	v.town.away = fault.New(fault.Unavailable, "test.wrong", nil)
	const later = `<iq type='error'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>Wrong.</text></error></iq>`
	contact := "bob@" + domain
	for name, tt := range map[string]struct{ kind, to, payload string }{
		"a command":             {"set", domain, `<command xmlns='http://jabber.org/protocol/commands' node='pay'/>`},
		"the commands":          {"get", domain, `<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>`},
		"a command's features":  {"get", domain, `<query xmlns='http://jabber.org/protocol/disco#info' node='pay'/>`},
		"the form to register":  {"get", domain, query("jabber:iq:register", "")},
		"registering":           {"set", domain, `<query xmlns='jabber:iq:register'><username>ann</username></query>`},
		"leaving":               {"set", domain, `<query xmlns='jabber:iq:register'><remove/></query>`},
		"a contact's card":      {"get", contact, `<vCard xmlns='vcard-temp'/>`},
		"a contact's features":  {"get", contact, query("http://jabber.org/protocol/disco#info", "")},
		"whom to add":           {"set", domain, `<query xmlns='jabber:iq:gateway'><prompt>bob</prompt></query>`},
		"a command at somebody": {"set", contact, `<command xmlns='http://jabber.org/protocol/commands' node='pay'/>`},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			v.same(v.asks(tt.kind, ann, tt.to, tt.payload, ""), later)
		})
	}
	v.t = t
	v.says(chat("m1", "balance"))
	if got := v.body(v.hears()); got != "Wrong." {
		t.Errorf("in chat: %q", got)
	}
	v.says(`<presence type='subscribe' from='ann@example.org' to='` + contact + `'/>`)
	v.hearsNothing() // their server asks again
}
