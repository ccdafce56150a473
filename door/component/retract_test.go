package component_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/fault"
)

const (
	takesBack = `<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>`
	inWords   = `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>`
)

// Who takes a message back (XEP-0424) wants its order dropped.
func TestRetraction(t *testing.T) {
	back := func(inside string) string {
		return `<message type='chat' from='ann@example.org/x' to='bob@` + domain + `' id='m2' xml:lang='fr'>` + inside + `</message>`
	}
	for name, stanza := range map[string]string{
		"without a word":  back(takesBack),
		"with words":      back(takesBack + inWords + `<body>ann took a message back</body>`),
		"with words only": back(takesBack + `<body>pay 1 bob</body>`),
		"as it once was": back(`<apply-to xmlns='urn:xmpp:fasten:0' id='m1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>` +
			`<body>ann took a message back</body>`),
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(_ *component.Config, k *desk) {
				k.ask = func(context.Context, command.Request) (command.Reply, error) {
					return command.Reply{Lines: []command.Line{{Phrase: "test.balance", Args: map[string]any{"name": "ann"}}}}, nil
				}
			})
			d.says(stanza)
			if got := d.body(d.hears()); got != "Hi ann." {
				t.Errorf("heard %q", got)
			}
			d.hearsNothing()
			asked := d.desk.requests()
			if len(asked) != 1 {
				t.Fatalf("asked %v", asked)
			}
			if r := asked[0]; r.Name != "cancel" || r.Edits != "m1" || r.ID != "m2" || r.User != "ann@example.org" ||
				r.At != "bob" || r.Lang != "fr" || r.Text != "" || len(r.Args) > 0 {
				t.Errorf("asked %+v", r)
			}
		})
	}
}

// What is nobody's business, or was nothing, is not answered.
func TestRetractionOfNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		kind fault.Kind
		says string
	}{
		"no order":   {0, ""},
		"no account": {fault.NotAllowed, ""},
		"no contact": {fault.NotFound, ""},
		"too late":   {fault.Conflict, "Not enough."},
		"our fault":  {fault.Internal, "Oops, "},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(_ *component.Config, k *desk) {
				k.ask = func(context.Context, command.Request) (command.Reply, error) {
					if name == "no order" {
						return command.Reply{}, nil
					}
					return command.Reply{}, fault.New(tt.kind, "fault.short", nil)
				}
			})
			d.says(chat("m2", "", takesBack))
			if tt.says == "" {
				d.hearsNothing()
			} else if got := d.body(d.hears()); !strings.HasPrefix(got, tt.says) {
				t.Errorf("heard %q", got)
			}
			if n := len(d.desk.requests()); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestWhatIsNoRetraction(t *testing.T) {
	d := open(t)
	for name, stanza := range map[string]string{
		"without an id":   chat("m2", "x", `<retract xmlns='urn:xmpp:message-retract:1'/>`),
		"a tombstone":     chat("m2", "x", `<retracted xmlns='urn:xmpp:message-retract:1' stamp='2026-01-01T00:00:00Z'/>`),
		"in a room":       strings.Replace(chat("m2", "x", takesBack), "'chat'", "'groupchat'", 1),
		"from a server":   strings.Replace(chat("m2", "x", takesBack), "ann@example.org/phone", "example.org", 1),
		"of another":      chat("m2", "x", `<apply-to xmlns='urn:xmpp:fasten:0' id='m1'><external xmlns='urn:xmpp:fasten:0' name='body'/></apply-to>`),
		"a forwarded one": chat("m2", "x", `<forwarded xmlns='urn:xmpp:forward:0'>`+chat("m2", "", takesBack)+`</forwarded>`),
	} {
		t.Run(name, func(t *testing.T) {
			d.t = t
			d.says(stanza)
			d.hearsNothing()
			if got := d.desk.requests(); len(got) > 0 {
				t.Errorf("asked %v", got)
			}
		})
	}
}
