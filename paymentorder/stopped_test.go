package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What stops payments decides which: books that do not add up stop all that
// moves, and anything else what leaves, which is then held.
func TestBooksThatDoNotAddUpMoveNothing(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		for _, tt := range []struct {
			reason          freeze.Reason
			inside, outside string // how a confirmation ends
		}{
			{freeze.Spent, "done", "held, stopped"},
			{freeze.Balance, "done", "held, stopped"},
			{freeze.Books, "refused", "refused"},
			{"", "done", "held"},
		} {
			ann, bob := c.user(10_000*amount.Sat), c.user(0)
			in, out := c.draft(ann, inside(bob, 100*amount.Sat)), c.draft(ann, outside(900*amount.Sat, 100*amount.Sat))
			if tt.reason != "" {
				c.do(func(tx *db.Tx) error {
					_, err := freeze.Payments(t.Context(), tx, freeze.Cause{Ref: "r", Reason: tt.reason, What: "a test"})
					return err
				})
			}
			for o, want := range map[*paymentorder.Order]string{in: tt.inside, out: tt.outside} {
				var r *paymentorder.Receipt
				err := c.Tx(t.Context(), func(tx *db.Tx) (err error) {
					r, err = limits.Confirm(t.Context(), tx, o.User, o.Code, paymentorder.InPerson())
					return err
				})
				got := ""
				switch {
				case fault.Is(err, fault.Unavailable) && fault.Of(err).Phrase == "order.stopped":
					got = "refused"
				case err == nil && r.Stopped:
					got = string(r.Order.State) + ", stopped"
				case err == nil:
					got = string(r.Order.State)
				}
				if got != want {
					t.Errorf("%q: got %q (%v), want %q", tt.reason, got, err, want)
				}
			}
			c.do(func(tx *db.Tx) error {
				_, err := freeze.Clear(t.Context(), tx, freeze.Cause{Ref: "r", Reason: tt.reason})
				return err
			})
		}
	})
}

// The books are found wrong, which is committed, while a confirmation waits for the row
// of its order. SQLite lets nobody write beside the one who confirms.
func TestNothingIsConfirmedAfterTheBooksWereFoundWrong(t *testing.T) {
	for name, draft := range map[string]func(c town, ann *useraccount.User) *paymentorder.Order{
		"to a neighbour": func(c town, ann *useraccount.User) *paymentorder.Order {
			return c.draft(ann, inside(c.user(0), 100*amount.Sat))
		},
		"to the outside": func(c town, ann *useraccount.User) *paymentorder.Order {
			return c.draft(ann, outside(900*amount.Sat, 100*amount.Sat))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := onPostgres(t)
			ann := c.user(10_000 * amount.Sat)
			o := draft(c, ann)
			end := c.holds(func(tx *db.Tx) error {
				_, err := tx.ExecContext(c.ctx, `SELECT 1 FROM payment_order WHERE id = $1 FOR UPDATE`, o.ID)
				return err
			})
			got := c.confirmsApart(ann, o)
			c.waits(1)
			c.do(func(tx *db.Tx) error {
				_, err := freeze.Payments(c.ctx, tx, freeze.Cause{Ref: "r", Reason: freeze.Books, What: "a test"})
				return err
			})
			end(true)
			says(t, <-got, fault.Unavailable, "order.stopped")
			c.has(ann, 10_000*amount.Sat, 0)
		})
	}
}

// Who finds the books wrong while a confirmation is not committed yet waits for it.
func TestTheBooksAreFoundWrongBeforeOrAfterAConfirmation(t *testing.T) {
	c := onPostgres(t)
	ann, bob := c.user(10_000*amount.Sat), c.user(0)
	o := c.draft(ann, inside(bob, 100*amount.Sat))
	end := c.holds(func(tx *db.Tx) error {
		if _, err := limits.Confirm(c.ctx, tx, o.User, o.Code, paymentorder.InPerson()); err != nil {
			return err
		}
		return tx.Run(c.ctx) // all but the COMMIT
	})
	paid := make(chan error, 1)
	go func() {
		paid <- c.Tx(c.ctx, func(tx *db.Tx) error {
			if _, err := freeze.Payments(c.ctx, tx, freeze.Cause{Ref: "r", Reason: freeze.Books, What: "a test"}); err != nil {
				return err
			}
			o, err := paymentorder.ByID(c.ctx, tx, o.ID)
			if err == nil && o.State != paymentorder.Done {
				t.Errorf("payments are stopped, and after it the order is confirmed: it was %s", o.State)
			}
			return err
		})
	}()
	c.waits(1)
	end(true)
	c.must(<-paid)
	c.has(bob, 100*amount.Sat, 0)
}
