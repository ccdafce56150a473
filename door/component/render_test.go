package component_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/wallet"
)

func TestANewKindOfReply(t *testing.T) {
	d := open(t, func(cfg *component.Config, k *desk) {
		cfg.Links = true
		k.ask = func(context.Context, command.Request) (command.Reply, error) {
			return command.Reply{
				Lines: []command.Line{{Phrase: "test.paid", Args: map[string]any{"amount": int64(5000_000)}}, {Phrase: "test.balance", Args: map[string]any{"name": "ann"}}},
				Copy:  []string{"bitcoin:bc1qann", "lnbc1"},
				Next:  []command.Suggestion{{Text: "confirm k7fw", Label: "button.confirm"}},
				QR:    "bitcoin:bc1qann",
				Greet: []wallet.Contact{{Kind: wallet.AddressContact, Node: "bc1qann", Name: "bc1qAnn", Label: "rent"}},
				Part:  []string{"bob"},
			}, nil
		}
	})
	d.says(chat("m1", "receive"))
	e := d.hears()
	want := "Paid 5 000\u00a0sat.\nHi ann.\nbitcoin:bc1qann\nlnbc1\nxmpp:" + domain + "?message;body=confirm%20k7fw"
	if got := strings.ReplaceAll(d.body(e), "5\u00a0000", "5 000"); got != want {
		t.Errorf("body %q, want %q", got, want)
	}
	r := e.Child("urn:xmpp:tmp:quick-response", "response")
	if r.Value("value") != "confirm k7fw" || r.Value("label") != "Confirm" {
		t.Errorf("button %v", r)
	}
	if e.Child("urn:xmpp:bob", "data") == nil {
		t.Error("no picture")
	}
	for _, want := range []struct{ kind, from, nick string }{
		{"subscribe", "bc1qann@" + domain, "rent"},
		{"unsubscribe", "bob@" + domain, ""},
		{"unsubscribed", "bob@" + domain, ""},
		{"unavailable", "bob@" + domain, ""},
	} {
		e := d.hears()
		if e.Value("type") != want.kind || e.Value("from") != want.from || e.Value("to") != "ann@example.org" ||
			e.ChildText("http://jabber.org/protocol/nick", "nick") != want.nick {
			t.Errorf("heard %s, want %v", text(e), want)
		}
	}
}

// Each button can be told from the others.
func TestButtons(t *testing.T) {
	confirm := func(code string) command.Suggestion {
		return command.Suggestion{Text: "confirm " + code, Label: "button.confirm"}
	}
	for name, tt := range map[string]struct {
		next []command.Suggestion
		want string
	}{
		"one":             {[]command.Suggestion{confirm("k7fw")}, "Confirm=confirm k7fw"},
		"two of a kind":   {[]command.Suggestion{confirm("k7fw"), confirm("m2aa")}, "confirm k7fw=confirm k7fw, confirm m2aa=confirm m2aa"},
		"without a label": {[]command.Suggestion{{Text: "help"}}, "help=help"},
		"of no language":  {[]command.Suggestion{{Text: "help", Label: "button.help"}}, "help=help"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(_ *component.Config, k *desk) {
				k.ask = func(context.Context, command.Request) (command.Reply, error) {
					return command.Reply{Copy: []string{"Well?"}, Next: tt.next}, nil
				}
			})
			d.says(chat("m1", "pay"))
			e := d.hears()
			var got []string
			for _, r := range e.Children {
				if r.Name.Local == "response" {
					got = append(got, r.Value("label")+"="+r.Value("value"))
				}
			}
			if body, all := d.body(e), strings.Join(got, ", "); body != "Well?" || all != tt.want {
				t.Errorf("%q with %s, want %s", body, all, tt.want)
			}
		})
	}
}
