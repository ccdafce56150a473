package limedoor_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/wallet"
)

// A bot asks at the pace of its user, in chat and by commands; what only looks is
// counted apart, and other users have their own.
func TestABotAsksAtThePaceOfItsUser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.enrol("ann", "bob")
	anns, bobs := w.bot("ann", w.link("ann", "budget 5000/day")), w.bot("bob", w.link("bob", "budget 5000/day"))
	w.desk.Pace = wallet.NewPace(1e-9, 3)
	makes := func(b *bot) lime.Code {
		_, err := b.do(lime.Set, "/invoices", resource(limedoor.TypeInvoice, `{"amount":77}`))
		return codeOf(err)
	}
	refused := 0
	for range 10 {
		if makes(anns) == lime.RequestLimit {
			refused++
		}
	}
	if refused != 7 {
		t.Errorf("of 10 requests %d are refused, want 7", refused)
	}
	anns.write("", "one line more", lime.Text("balance"))
	if n := anns.notified("one line more", lime.Failed); n.Reason == nil || n.Reason.Code != lime.RequestLimit {
		t.Errorf("a line of chat: %+v", n)
	}
	looks := 0
	for range 100 {
		if _, err := anns.do(lime.Get, "/balance", nil); codeOf(err) != lime.RequestLimit {
			looks++
		}
	}
	if looks != 60 {
		t.Errorf("%d of 100 looks, want 60", looks)
	}
	if code := makes(bobs); code == lime.RequestLimit {
		t.Error("bob's bot pays for ann's")
	}
}
