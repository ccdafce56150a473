package deposit_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// suspended checks whether ann may send.
func (c *town) suspended(want bool) {
	c.Helper()
	u, err := useraccount.ByID(c.Context(), c.Read(), c.ann.ID)
	if err != nil || u.Suspended != want {
		c.Errorf("suspended %v because of %q (%v), want %v", u.Suspended, u.Reason, err, want)
	}
}

func TestHugeCoinsNeedMore(t *testing.T) {
	r := deposit.Rules{Confirmations: 2, ConfirmationsLarge: 3, Large: 100 * amount.Sat, ConfirmationsHuge: 6, Huge: 1000 * amount.Sat}
	for sat, want := range map[int64]int64{1: 2, 100: 2, 101: 3, 1000: 3, 1001: 6} {
		if got := r.Needed(amount.FromSats(sat)); got != want {
			t.Errorf("%d sat need %d, want %d", sat, got, want)
		}
	}
}

// Stricter rules are for coins to come: what was credited stays, what was seen
// keeps its number, and two instances with different rules agree.
func TestStricterRulesTakeNothingBack(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		strict := rules
		strict.Confirmations, strict.ConfirmationsLarge = 5, 6
		stricter := func(sat, confirmations int64) {
			c.do(func(tx *db.Tx) error { return strict.Book(t.Context(), tx, now, "key", c.sight(sat, confirmations)) })
		}
		c.book(c.sight(500, 2))
		c.spend(400)
		c.book(c.sight(600, 1))
		for range 2 {
			stricter(500, 2)
			c.book(c.sight(500, 2))
		}
		c.is(c.sight(500, 0), deposit.Credited)
		c.has(100, 0)
		c.suspended(false)
		stricter(600, 2)
		c.is(c.sight(600, 0), deposit.Credited)
		stricter(700, 2)
		c.book(c.sight(700, 4)) // it was first seen under the other rules
		c.is(c.sight(700, 0), deposit.Seen)
		c.book(c.sight(700, 5))
		c.is(c.sight(700, 0), deposit.Credited)
		c.clean()
	})
}

// A reorganisation that leaves a coin in the best chain takes nothing back,
// however few blocks are above it now.
func TestAReorganisationThatKeepsTheCoinTakesNothingBack(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.book(c.sight(500, 2))
		c.spend(500)
		moved := c.sight(500, 1)
		moved.BlockHash = "another"
		c.book(moved)
		c.is(moved, deposit.Credited)
		c.has(0, 0)
		c.suspended(false)
		c.book(c.sight(500, 0)) // and now it has no block
		c.is(moved, deposit.Reorged)
		c.has(0, 500)
		c.suspended(true)
		c.clean()
	})
}

// The gateway's own suspension ends when all is back that was short; that of an
// operator does not.
func TestASuspensionEndsWhenTheShortageIsMadeGood(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.book(c.sight(400, 2))
		c.book(c.sight(500, 2))
		c.spend(900)
		c.lost(c.sight(400, 0))
		c.lost(c.sight(500, 0))
		c.suspended(true)
		c.book(c.sight(400, 2))
		c.suspended(true) // 500 are still short
		c.book(c.sight(500, 2))
		c.suspended(false)
		c.has(0, 0)

		c.do(func(tx *db.Tx) error {
			return useraccount.Suspend(t.Context(), tx, c.ann, "operator", "asked the police", now)
		})
		c.lost(c.sight(500, 0))
		c.book(c.sight(500, 2))
		c.suspended(true)
		if u, err := useraccount.ByID(t.Context(), c.Read(), c.ann.ID); err != nil || u.Reason != "asked the police" {
			t.Errorf("the reason is %q (%v)", u.Reason, err)
		}
		c.clean()
	})
}

// A deposit leaves the chain that was set aside for payments which have not
// begun: they are ended, the newest first, as far as is needed.
func TestWhatIsHeldIsTakenBackWithItsDeposit(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.SetClock(clock)
		order := func(sat int64) (o *paymentorder.Order) {
			c.do(func(tx *db.Tx) (err error) {
				u, err := useraccount.Lock(t.Context(), tx, c.ann.ID)
				if err != nil {
					return err
				}
				d := paymentorder.Draft{ToAddress: "bcrt1qsomebody", SaidTo: "somebody", Amount: amount.FromSats(sat), FeeLimit: 10 * amount.Sat}
				if o, err = limits.Draft(t.Context(), tx, u, d, now); err != nil {
					return err
				}
				_, err = limits.Confirm(t.Context(), tx, o.User, o.Code, paymentorder.InPerson())
				return err
			})
			return o
		}
		is := func(o *paymentorder.Order, want paymentorder.State) {
			t.Helper()
			if got, err := paymentorder.ByID(t.Context(), c.Read(), o.ID); err != nil || got.State != want {
				t.Errorf("order %d is %s (%v), want %s", o.ID, got.State, err, want)
			}
		}
		c.book(c.sight(900, 2))
		c.book(c.sight(300, 2))
		first, second, third := order(290), order(290), order(290)
		c.lost(c.sight(300, 0)) // 300 are there
		is(third, paymentorder.Held)
		c.has(0, 0)
		c.lost(c.sight(900, 0))
		for _, o := range []*paymentorder.Order{first, second, third} {
			is(o, paymentorder.Failed)
		}
		c.has(0, 0)
		if held, err := ledger.Balance(t.Context(), c.Read(), c.ann.Held); err != nil || held != 0 {
			t.Errorf("%d msat are held (%v)", held, err)
		}
		c.suspended(false) // nothing was spent
		c.clean()

		c.book(c.sight(300, 3))
		c.book(c.sight(900, 3))
		first, second = order(500), order(200)
		c.lost(c.sight(300, 0)) // 480 are there
		c.lost(c.sight(900, 0))
		is(first, paymentorder.Failed)
		is(second, paymentorder.Failed)
		c.suspended(false)

		c.book(c.sight(300, 4))
		c.book(c.sight(900, 4))
		first, second = order(300), order(700)
		c.lost(c.sight(300, 0)) // 180 are there, and the newest is enough
		is(first, paymentorder.Held)
		is(second, paymentorder.Failed)
		c.has(590, 0)
		c.clean()
	})
}
