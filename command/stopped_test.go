package command_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/wallet"
)

// stops is what the audit may do to payments: those that leave, all, or none.
func (w *town) stops(which string) {
	w.t.Helper()
	ctx := context.Background()
	w.write(func(tx *db.Tx) error {
		for ref, reason := range map[string]freeze.Reason{"outside": freeze.Spent, "all": freeze.Books} {
			if ref == which {
				if _, err := freeze.Payments(ctx, tx, freeze.Cause{Ref: ref, Reason: reason, What: "a test"}); err != nil {
					return err
				}
			} else if _, err := freeze.Clear(ctx, tx, freeze.Cause{Ref: ref, Reason: reason}); err != nil {
				return err
			}
		}
		return nil
	})
}

// What machines read of an order says the same as people are told.
func TestMachinesSeeThatAPaymentIsStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann")
		w.pays("ann", 50_000, 100)
		w.stops("outside")
		v := w.drafted("ann", "pay 20000 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
		if r := w.must("ann", "", "confirm "+v.Code); r.Lines[0].Phrase != "confirm.stopped" {
			t.Errorf("confirmed is %+v", r)
		}
		for _, tt := range []struct {
			which string
			pause wallet.Pause
		}{
			{"outside", wallet.Stopped},
			{"none", wallet.NoPause},
			{"outside", wallet.MayBeMade}, // since it was ordered
		} {
			w.stops(tt.which)
			o, err := w.desk.Order(t.Context(), w.caller("ann"), v.Code)
			if err != nil || o.State != "held" || o.Pause != tt.pause {
				t.Errorf("%s: %+v (%v)", tt.which, o, err)
			}
			all, _, err := w.desk.Orders(t.Context(), w.caller("ann"), 0, 10)
			if err != nil || len(all) != 1 || all[0].Pause != tt.pause {
				t.Errorf("%s: %+v (%v)", tt.which, all, err)
			}
		}
	})
}
