package component_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/component"
)

// answer is an iq answer as type, id and error condition.
func answer(e *component.Element) string {
	s := e.Value("type") + " " + e.Value("id")
	if er := e.Child("", "error"); er != nil {
		s += " " + er.Value("type")
		for _, c := range er.Children {
			s += " " + c.Name.Local
		}
	}
	return s
}

func iq(kind, id, payload string) string {
	return "<iq type='" + kind + "' from='ann@example.org/x' to='" + domain + "' id='" + id + "'>" + payload + "</iq>"
}

func TestIQ(t *testing.T) {
	d := open(t)
	for name, tt := range map[string]struct{ in, want string }{
		"a ping":                  {iq("get", "1", "<ping xmlns='urn:xmpp:ping'/>"), "result 1"},
		"a get nobody knows":      {iq("get", "1", "<x xmlns='urn:x'/>"), "error 1 cancel service-unavailable"},
		"a set nobody knows":      {iq("set", "1", "<x xmlns='urn:x'/>"), "error 1 cancel service-unavailable"},
		"a set of what is got":    {iq("set", "1", "<ping xmlns='urn:xmpp:ping'/>"), "error 1 cancel service-unavailable"},
		"nothing in it":           {iq("get", "1", ""), "error 1 modify bad-request"},
		"words in it":             {iq("get", "1", "hello"), "error 1 modify bad-request"},
		"two things in it":        {iq("get", "1", "<ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/>"), "error 1 modify bad-request"},
		"no type":                 {strings.Replace(iq("x", "1", "<ping xmlns='urn:xmpp:ping'/>"), " type='x'", "", 1), "error 1 modify bad-request"},
		"a type nobody knows":     {iq("ask", "1", "<ping xmlns='urn:xmpp:ping'/>"), "error 1 modify bad-request"},
		"the stream's namespace":  {iq("get", "1", "<x xmlns='http://etherx.jabber.org/streams'/>"), "error 1 modify not-acceptable"},
		"an attribute of 9 KiB":   {iq("get", "1", "<x xmlns='urn:x' a='"+strings.Repeat("a", 9<<10)+"'/>"), "error 1 modify not-acceptable"},
		"our own ping coming in":  {strings.Replace(iq("get", "1", "<ping xmlns='urn:xmpp:ping'/>"), "ann@example.org/x", domain, 1), "result 1"},
		"a name only XMPP has":    {strings.Replace(iq("get", "1", "<ping xmlns='urn:xmpp:ping'/>"), "ann@", "€@", 1), "result 1"},
		"to a contact who is not": {strings.Replace(iq("get", "1", "<ping xmlns='urn:xmpp:ping'/>"), "to='", "to='nobody@", 1), "error 1 cancel item-not-found text"},
	} {
		t.Run(name, func(t *testing.T) {
			d.t = t
			d.says(tt.in)
			e := d.hears()
			if got := answer(e); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			in := parse(t, []byte(tt.in))
			if e.Value("to") != in.Value("from") || e.Value("from") != in.Value("to") {
				t.Errorf("from %q to %q", e.Value("from"), e.Value("to"))
			}
			d.hearsNothing()
		})
	}
}

func TestAnswersAreNotAnswered(t *testing.T) {
	d := open(t)
	d.says(
		iq("result", "1", ""),
		iq("result", "alive-0", "<ping xmlns='urn:xmpp:ping'/>"),
		iq("error", "1", "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"),
		iq("error", "1", ""),
		iq("result", "1", "<x xmlns='http://etherx.jabber.org/streams'/>"),
		strings.Replace(chat("m1", "x", "<x xmlns='http://etherx.jabber.org/streams'/>"), "'chat'", "'error'", 1),
		"<presence from='ann@example.org/x' to='"+domain+"'><x xmlns='http://etherx.jabber.org/streams'/></presence>",
		"<foo from='ann@example.org/x' to='"+domain+"'/>",
	)
	d.hearsNothing()
	d.says(chat("m1", "x", "<x xmlns='http://etherx.jabber.org/streams'/>"))
	if e := d.hears(); answer(e) != "error m1 modify not-acceptable" || e.Name.Local != "message" {
		t.Errorf("got %s", text(e))
	}
}
