package component_test

import (
	"strings"
	"testing"
)

// Whoever comes from a server that is not served is told so once in a while.
func TestWhoIsNotServed(t *testing.T) {
	v := visiting(t)
	from := func(who, text string) string { return strings.Replace(chat("m1", text), "ann@example.org", who, 1) }
	v.says(from("eve"+far, "help"))
	if got := v.body(v.hears()); got != "For example.org." {
		t.Errorf("got %q", got)
	}
	v.says(from("eve"+far, "register eve"), from("eve"+far, "pay 5 bob"), strings.Replace(ping, ann, "eve"+far, 1))
	if e := v.hears(); e.Value("id") != "fence" {
		t.Errorf("told again: %s", text(e))
	}
	v.same(v.asks("set", "eve"+far, domain, `<command xmlns='http://jabber.org/protocol/commands' node='pay'/>`, ""), `<iq type='error'>
<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>For example.org.</text></error></iq>`)
	v.says(`<presence type='subscribe' from='eve` + far + `' to='` + domain + `'/>`)
	if e := v.hears(); e.Name.Local != "presence" || e.Value("type") != "unsubscribed" {
		t.Errorf("who is not served subscribes: %s", text(e))
	}
}
