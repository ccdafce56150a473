package command_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// A gateway begins, and has not looked at its nodes yet: what was confirmed before may
// have been sent, by books that are newer. What is confirmed here may be had back.
func TestAnOrderOfBeforeIsNotDroppedUntilTheNodesWereLookedAt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann")
		w.pays("ann", 100_000, 100)
		order := func() string {
			v := w.drafted("ann", "pay 20000 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
			w.must("ann", "", "confirm "+v.Code)
			return v.Code
		}
		before := order()
		newest, err := paymentorder.Newest(t.Context(), d.Read())
		if err != nil {
			t.Fatal(err)
		}
		w.desk.Unlooked = func(paymentorder.Kind) paymentorder.ID { return newest }
		_, err = w.desk.Ask(t.Context(), command.Request{User: jid("ann"), Text: "cancel " + before})
		if !fault.Is(err, fault.Unavailable) || fault.Of(err).Phrase != "order.may-be-made" {
			t.Errorf("before the first look: %v", err)
		}
		w.desk.Unlooked = func(paymentorder.Kind) paymentorder.ID { return newest }
		w.must("ann", "", "cancel "+order())
		w.desk.Unlooked = func(paymentorder.Kind) paymentorder.ID { return 0 }
		w.must("ann", "", "cancel "+before)
	})
}
