package paymentorder_test

import (
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

var errUndone = errors.New("undone")

// holds runs fn in a transaction that stays open until end is called.
func (c town) holds(fn func(tx *db.Tx) error) (end func(commit bool)) {
	ready, how, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		done <- c.Tx(c.ctx, func(tx *db.Tx) error {
			err := fn(tx)
			ready <- true
			if commit := <-how; err == nil && !commit {
				err = errUndone
			}
			return err
		})
	}()
	<-ready
	return func(commit bool) {
		how <- commit
		if err := <-done; err != nil && !errors.Is(err, errUndone) {
			c.Fatal(err)
		}
	}
}

// waits asks until n sessions wait for a lock.
func (c town) waits(n int) { c.must(dbtest.Waits(c.ctx, c.DB, n)) }

func (c town) confirmsApart(u *useraccount.User, o *paymentorder.Order) <-chan error {
	got := make(chan error, 1)
	go func() { got <- c.confirm(u, o.Code) }()
	return got
}

func onPostgres(t *testing.T) town { return at(town{t, t.Context(), dbtest.Postgres(t)}, now) }

func TestNobodyIsPaidWhoLeftWhileTheConfirmationWaited(t *testing.T) {
	c := onPostgres(t)
	ann, bob := c.user(1000*amount.Sat), c.user(0)
	o := c.draft(ann, inside(bob, 100*amount.Sat))
	end := c.holds(func(tx *db.Tx) error { return useraccount.Unregister(c.ctx, tx, bob, now) })
	got := c.confirmsApart(ann, o)
	c.waits(1)
	end(true)
	says(t, <-got, fault.NotFound, "pay.recipient-gone")
	c.has(bob, 0, 0)
	c.clean()
}

func TestAnInvoiceOfWhoLeftIsNotPaid(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(1000*amount.Sat), c.user(0)
		o := c.draft(ann, c.invoiced(bob, secret(), 100*amount.Sat))
		c.do(func(tx *db.Tx) error { return useraccount.Unregister(c.ctx, tx, bob, now) })
		says(t, c.confirm(ann, o.Code), fault.NotFound, "pay.recipient-gone")
		c.has(ann, 1000*amount.Sat, 0)
	})
}

// A suspension waits for a payment that is being confirmed; none follows it.
func TestNothingLeavesAfterASuspension(t *testing.T) {
	c := onPostgres(t)
	ann, bob := c.user(1000*amount.Sat), c.user(0)
	o := c.draft(ann, inside(bob, 100*amount.Sat))
	end := c.holds(func(tx *db.Tx) error { return o.Cancel(c.ctx, tx, now) })
	got := c.confirmsApart(ann, o)
	c.waits(1)
	had := make(chan amount.Msat, 1)
	go func() {
		err := c.Tx(c.ctx, func(tx *db.Tx) error { return useraccount.Suspend(c.ctx, tx, ann, "op", "stolen", now) })
		has, readErr := ledger.Balance(c.ctx, c.Read(), bob.Money)
		if err := errors.Join(err, readErr); err != nil {
			c.Errorf("suspend: %v", err)
		}
		had <- has
	}()
	c.waits(2)
	end(false)
	before := <-had
	<-got
	if after := c.fresh(bob).Has.Balance; after != before {
		t.Errorf("%d msat left a suspended account", after-before)
	}
	says(t, c.confirm(ann, c.draft(ann, inside(bob, amount.Sat)).Code), fault.NotAllowed, "user.suspended")
}

func TestWaitingOrdersAreCountedUnderTheLock(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		l := limits
		l.OpenOrders = 1
		ann, bob := c.user(1000*amount.Sat), c.user(0)
		end := func(bool) {}
		if c.Dialect == db.Postgres { // that all have counted what they count before one has written
			end = c.holds(func(tx *db.Tx) error {
				_, err := tx.ExecContext(c.ctx, `LOCK TABLE payment_order IN EXCLUSIVE MODE`)
				return err
			})
		}
		drafted := make(chan []error, 1)
		go func() {
			drafted <- atOnce(8, func(int) error {
				return c.Tx(c.ctx, func(tx *db.Tx) error { _, err := l.Draft(c.ctx, tx, ann, inside(bob, amount.Sat), now); return err })
			})
		}()
		c.waits(8)
		end(true)
		for _, err := range <-drafted {
			if err != nil {
				says(t, err, fault.NotAllowed, "limit.open-orders")
			}
		}
		all, err := paymentorder.Waiting(c.ctx, c.Read(), ann.ID, now)
		if err != nil || len(all) != l.OpenOrders {
			t.Errorf("%d orders wait, at most %d may (%v)", len(all), l.OpenOrders, err)
		}
	})
}

func TestAClosedAccountDraftsAndConfirmsNothing(t *testing.T) {
	c := onPostgres(t)
	ann, bob := c.user(1000*amount.Sat), c.user(0)
	first := c.draft(ann, inside(bob, amount.Sat))
	end := c.holds(func(tx *db.Tx) error { return useraccount.Unregister(c.ctx, tx, ann, now) })
	drafted := make(chan error, 1)
	go func() {
		drafted <- c.Tx(c.ctx, func(tx *db.Tx) error {
			_, err := limits.Draft(c.ctx, tx, ann, inside(bob, amount.Sat), now)
			return err
		})
	}()
	c.waits(1)
	end(true)
	says(t, <-drafted, fault.NotAllowed, "user.closed")
	says(t, c.confirm(ann, first.Code), fault.NotAllowed, "user.closed")
}

func TestOfManyAtOnceADayAndWhatIsInFlightHold(t *testing.T) {
	c := onPostgres(t)
	l := limits
	l.Day, l.InFlight = 100*amount.Sat, 2
	ann, bob := c.user(10_000*amount.Sat), c.user(0)
	wins := func(d func(i int) paymentorder.Draft, want int) {
		var codes []string
		for i := range 20 {
			codes = append(codes, c.draft(ann, d(i)).Code)
		}
		won := 0
		for _, err := range atOnce(20, func(i int) error { return c.within(l, ann, codes[i]) }) {
			if err == nil {
				won++
			}
		}
		if won != want {
			t.Errorf("%d were confirmed, %d may be", won, want)
		}
	}
	wins(func(int) paymentorder.Draft { return inside(bob, 60*amount.Sat) }, 1)
	l.Day = 100_000 * amount.Sat
	wins(func(int) paymentorder.Draft { return over(secret(), amount.Sat, 0) }, 2)
	c.clean()
}

// An audit sees the books as they are between two payments, not within one.
func TestAnAuditBesidePaymentsFindsNothing(t *testing.T) {
	c := onPostgres(t)
	ann, bob := c.user(100_000*amount.Sat), c.user(100_000*amount.Sat)
	l := limits
	l.Day, l.Balance = amount.Max, amount.Max
	over := make(chan bool)
	go func() {
		defer close(over)
		for _, err := range atOnce(4, func(i int) error {
			from, to := ann, bob
			if i%2 == 1 {
				from, to = bob, ann
			}
			for range 30 {
				err := c.Tx(c.ctx, func(tx *db.Tx) error {
					o, err := l.Draft(c.ctx, tx, from, inside(to, amount.Sat), now)
					if err == nil {
						_, err = l.Confirm(c.ctx, tx, o.User, o.Code, paymentorder.InPerson())
					}
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		}) {
			if err != nil {
				c.Errorf("%v", err)
			}
		}
	}()
	for paying := true; paying; {
		select {
		case <-over:
			paying = false
		default:
		}
		c.clean()
	}
}
