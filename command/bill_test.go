package command_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// How many bills wait for their end is ann's affair: an app that sends one more hears
// that her limits do not allow it.
func TestAnAppHearsNotHowManyBillsWait(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		u, err := useraccount.ByJID(t.Context(), w.desk.DB.Read(), jid("ann"))
		if err != nil {
			t.Fatal(err)
		}
		now := w.desk.Clock().Unix()
		err = w.desk.DB.Tx(t.Context(), func(tx *db.Tx) error {
			for i := range 500 {
				b := invoice.Bill{User: u.ID, Message: fmt.Sprint("m", i), Node: "bob@x", Amount: 1000, Created: now, Ends: now + 3600}
				if err := invoice.AddBill(t.Context(), tx, b); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.open()
		w.must("ann", "", "link moneysocket game")
		for app, want := range map[wallet.AppID]string{0: "limit.bills", 1: "limit.owner"} {
			by := w.caller("ann")
			by.App = app
			_, err := w.desk.Bill(t.Context(), by, wallet.Bill{Message: "one more", Node: "bob@x", Amount: 1000})
			if f := fault.Of(err); f.Phrase != want {
				t.Errorf("app %d: got %v, want %s", app, err, want)
			}
		}
	})
}
