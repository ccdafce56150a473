package component_test

import (
	"strings"
	"testing"
)

// TestAnAnswerThatQuotesTooMuch cannot be written and is answered otherwise; a
// request whose answer has no room for its id is not answered, and what comes
// next is.
func TestAnAnswerThatQuotesTooMuch(t *testing.T) {
	d := open(t)
	long := strings.Repeat("i", 3000)
	d.says(iq("get", "n", "<query xmlns='http://jabber.org/protocol/disco#info' node='"+long+"'/>"))
	if got := answer(d.hears()); !strings.HasPrefix(got, "error n ") {
		t.Errorf("got %q", got)
	}
	d.says(iq("get", long, "<ping xmlns='urn:xmpp:ping'/>"))
	d.hearsNothing()
	d.says(chat("m1", "hello", "<thread parent='"+long+"'>t</thread>"))
	if e := d.hears(); d.body(e) != "You said hello." || e.ChildText("", "thread") != "t" {
		t.Errorf("got %s", text(e))
	}
	d.says(iq("get", long[:1700], "<ping xmlns='urn:xmpp:ping'/>"))
	if got := answer(d.hears()); got != "result "+long[:1700] {
		t.Errorf("got %q", got)
	}
}
