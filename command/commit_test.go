package command_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// othersWrite has others write to the database until stop is called.
func othersWrite(t *testing.T, d *db.DB) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var others sync.WaitGroup
	for i := range 12 {
		others.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				_ = d.Tx(ctx, func(tx *db.Tx) error {
					_, err := tx.ExecContext(ctx, `INSERT INTO request (jid, key, hash, reply, created) VALUES ($1, $2, '', '', 1)`, fmt.Sprint("other", i), fmt.Sprint(n))
					return err
				})
			}
		})
	}
	stop = sync.OnceFunc(func() {
		cancel()
		others.Wait()
	})
	t.Cleanup(stop)
	return stop
}

// The same invoice under many keys gets the same answer, also while others write: who is
// refused because somebody pays it finds who that is.
func TestAnInvoiceIsPaidOnceUnderManyKeysWhileOthersWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, app := appTown(t, d, 500_000)
		w.desk.Policy.Limits.OpenOrders = 1000
		stop := othersWrite(t, d)
		for r := range 5 {
			tea := w.stranger(1_000_000, fmt.Sprint("tea", r)).text(t)
			heard := crowd(t, 8, func(i int) (string, error) { return w.outcome(app, fmt.Sprint("k", r, ".", i), tea) })
			if heard["waits"] != 8 {
				t.Errorf("heard of an invoice that is being paid for the same app: %v", heard)
			}
		}
		stop()
	})
}

// Who hears that an order is confirmed already finds it confirmed.
func TestWhoHearsThatItIsConfirmedFindsItSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := appTown(t, d, 500_000)
		stop := othersWrite(t, d)
		for r := range 20 {
			reply, err := w.desk.Ask(t.Context(), command.Request{User: jid("ann"), Text: "pay 1 bob", ID: fmt.Sprint("p", r)})
			if err != nil {
				t.Fatal(err)
			}
			code := codeIn(reply)
			heard := crowd(t, 2, func(i int) (string, error) {
				_, err := w.desk.Ask(t.Context(), command.Request{User: jid("ann"), Text: "confirm " + code, ID: fmt.Sprint("c", r, i)})
				if !errors.Is(err, paymentorder.ErrConfirmed) {
					return "paid", err
				}
				var state string
				err = sqlx.GetContext(t.Context(), d.Read(), &state, `SELECT state FROM payment_order WHERE code = $1`, code)
				return "confirmed already: " + state, err
			})
			if heard["paid"] != 1 || heard["confirmed already: done"] != 1 {
				t.Errorf("the two heard %v", heard)
			}
		}
		stop()
	})
}
