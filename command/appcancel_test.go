package command_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// An app takes back a payment that it confirmed out of its budget and that has not begun.
// What its owner confirmed in person is the owner's to take back, and what another app
// confirmed that one's.
func TestAnAppTakesBackOnlyWhatItConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, say := clerk(t, d, "60000/total")
		ann := w.user("ann")
		drafts := func(confirm func(tx *db.Tx, o *paymentorder.Order) error) *paymentorder.Order {
			var o *paymentorder.Order
			w.write(func(tx *db.Tx) (err error) {
				o, err = w.desk.Policy.Limits.Draft(t.Context(), tx, ann, paymentorder.Draft{ToAddress: "bcrt1qsomebody", SaidTo: "shop",
					Amount: amount.FromSats(50_000), FeeLimit: amount.FromSats(100)}, w.now.Unix())
				if err == nil && confirm != nil {
					err = confirm(tx, o)
				}
				return err
			})
			return o
		}
		is := func(o *paymentorder.Order, want paymentorder.State) {
			t.Helper()
			if got, err := paymentorder.ByID(t.Context(), d.Read(), o.ID); err != nil || got.State != want {
				t.Errorf("it is %+v (%v), want %s", got, err, want)
			}
		}
		owners := drafts(func(tx *db.Tx, o *paymentorder.Order) error {
			_, err := w.desk.Policy.Limits.Confirm(t.Context(), tx, o.User, o.Code, paymentorder.InPerson())
			return err
		})
		if _, err := say("cancel " + owners.Code); !fault.Is(err, fault.NotAllowed) || fault.Of(err).Phrase != "app.not-in-person" {
			t.Errorf("of the owner's: %v", err)
		}
		is(owners, paymentorder.Held)
		w.must("ann", "", "link lime robo budget 60000/total")
		robo := w.appOf("ann/robo").ID
		others := drafts(nil)
		if _, err := w.desk.Ask(t.Context(), command.Request{User: jid("ann"), App: robo, Text: "confirm " + others.Code, ID: "robo-1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := say("cancel " + others.Code); !fault.Is(err, fault.NotAllowed) || fault.Of(err).Phrase != "app.not-in-person" {
			t.Errorf("of another app: %v", err)
		}
		is(others, paymentorder.Held)
		w.must("ann", "", "cancel "+others.Code)
		is(others, paymentorder.Failed)
		own := drafts(nil)
		if r, err := say("confirm " + own.Code); err != nil {
			t.Fatal(w.heard(r, err))
		}
		is(own, paymentorder.Held)
		if r, err := say("cancel " + own.Code); err != nil {
			t.Fatal(w.heard(r, err))
		}
		is(own, paymentorder.Failed)
		w.must("ann", "", "cancel "+owners.Code)
		is(owners, paymentorder.Failed)
	})
}
