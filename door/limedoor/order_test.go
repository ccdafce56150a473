package limedoor_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/lime"
)

// An order that a bot made is confirmed in chat, and the other way round.
func TestOneOrderHasTwoDoors(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("ann", w.link("ann", "budget 5000/day"))
		if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 100_000 || got.Unit != "sat" {
			t.Errorf("got %+v", got)
		}
		o := must[limedoor.Order](b, lime.Set, "/orders", resource(limedoor.TypeOrder, `{"to":"bob","amount":7000,"memo":"lunch"}`))
		if o.State != limedoor.Pending || o.Amount != 7000 || o.To != "bob" || o.Rail != "inside" || o.Code == "" {
			t.Errorf("got %+v", o)
		}
		w.says("ann", "confirm "+o.Code)
		if got := must[limedoor.Order](b, lime.Get, lime.URI("/orders/"+o.Code), nil); got.State != limedoor.Sent {
			t.Errorf("after chat: %+v", got)
		}
		code := w.drafts("ann", "pay 3000 bob")
		got := must[limedoor.Order](b, lime.Merge, lime.URI("/orders/"+code), resource(limedoor.TypeOrder, `{"state":"confirmed"}`))
		if got.State != limedoor.Sent || got.Asked {
			t.Errorf("over LIME: %+v", got)
		}
		if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 90_000 {
			t.Errorf("left: %+v", got)
		}
		b.write("", "m1", lime.Text("balance"))
		m := heard(b, func(text lime.Text) bool { return strings.Contains(string(text), "90") })
		if m.Metadata[limedoor.InReplyTo] != "m1" || m.From.Name != lime.Postmaster {
			t.Errorf("got %+v", m.Header)
		}
	})
}
