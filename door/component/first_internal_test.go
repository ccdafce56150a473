package component

import (
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
)

func TestWhatAsksNoNode(t *testing.T) {
	cat, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c := &Component{quick: wordsOf(cat, asksNoNode(command.Index))}
	for text, want := range map[string]bool{
		"balance": true, "Balance": true, "solde": true, "SOLDE now": true, "help pay": true, "confirm k7m2": true, "historique": true,
		"register ann": false, "receive": false,
		"pay 1 x@slow.example": false, "payer 1 bob": false, "nonsense": false, "balances": false,
	} {
		q := newStanza(El("", "message", El("", "body").Says(text)), "gw.example")
		if got := c.goesFirst(q); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for node, want := range map[string]bool{"balance": true, "confirm": true, nsRegister: false, "register": false, "pay": false, "": false} {
		q := newStanza(El("", "iq", El(nsCommands, "command").With("node", node)), "gw.example")
		if got := c.goesFirst(q); got != want {
			t.Errorf("the form %q: %v", node, got)
		}
	}
	for kind, want := range map[string]bool{"get": true, "set": false} {
		q := newStanza(El("", "iq", El(nsRegister, "query")).With("type", kind), "gw.example")
		if got := c.goesFirst(q); got != want {
			t.Errorf("registration, %s: %v", kind, got)
		}
	}
	if !c.goesFirst(newStanza(El("", "iq", El("urn:xmpp:ping", "ping")), "gw.example")) {
		t.Error("a ping waits with those who pay")
	}
}
