package lntest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Two users order the same invoice, and two gateways do what they are told: it
// is paid once.
func TestOneInvoiceIsPaidOnce(t *testing.T) {
	c := open(t, dbtest.Postgres(t))
	ann, bob := c.user(1_000_000), c.user(1_000_000)
	one, two := c.payer(c.node), c.payer(c.another())
	for n := range 25 {
		text := c.asks(c.far, 2_000_000)
		drafts := map[*useraccount.User]*paymentorder.Order{ann: c.drafts(ann, nil, text, 100_000), bob: c.drafts(bob, nil, text, 100_000)}
		errs := make(chan error, 2)
		for u, o := range drafts {
			go func() { errs <- c.confirms(u, o) }()
		}
		err := errors.Join(<-errs, <-errs)
		if !taken(err) {
			t.Fatalf("round %d: got %v, want that one is refused", n, err)
		}
		var both sync.WaitGroup
		both.Go(func() { _ = c.turn(one) })
		both.Go(func() { _ = c.turn(two) })
		both.Wait()
	}
	c.work("all are paid", func() error {
		done, err := 0, error(nil)
		for _, u := range []*useraccount.User{ann, bob} {
			way, err2 := paymentorder.UnderWay(t.Context(), c.Read(), u.ID)
			err = errors.Join(err, err2)
			if len(way) > 0 {
				err = errors.Join(err, fmt.Errorf("%d are under way", len(way)))
			}
			done += c.told(u, "order.paid-invoice")
		}
		if err == nil && done != 25 {
			err = fmt.Errorf("%d were told", done)
		}
		return err
	})
	c.books()
}

// A neighbour pays an invoice in the ledger while a stranger pays it over
// Lightning: one of them, and never both.
func TestInsideAndOutsideAtOnce(t *testing.T) {
	c := open(t, dbtest.Postgres(t))
	c.listen(c.node)
	c.listen(c.another())
	ann, bob := c.user(1_000_000), c.user(0)
	one, two := c.payer(c.node), c.payer(c.another())
	const rounds, price = 60, amount.Msat(1_000_000)
	inside, outside := 0, 0
	for n := range rounds {
		bill := c.bill(bob, price)
		o := c.orders(ann, bob, bill.Text, 0)
		var all sync.WaitGroup
		paid := false
		stranger := func() {
			_, err := c.hub.Settle(t.Context(), bill.Text)
			paid = err == nil
		}
		neighbour := func() {
			<-time.After(rand.N(150 * time.Millisecond)) // neither of them is always first
			_ = c.turn(one)
			_ = c.turn(two)
		}
		all.Go(stranger)
		all.Go(neighbour)
		all.Wait()
		c.work("the order ends", func() error {
			if s := c.fresh(o).State; s != paymentorder.Done && s != paymentorder.Failed {
				return fmt.Errorf("it is %s", s)
			}
			return nil
		})
		done := c.fresh(o).State == paymentorder.Done
		if done == paid {
			t.Fatalf("round %d: paid inside %v, outside %v", n, done, paid)
		}
		if done {
			inside++
		} else {
			outside++
		}
	}
	c.until("bob has all", func() error { return c.has(bob, rounds*price, 0) })
	if err := c.has(ann, 1_000_000_000-amount.Msat(inside)*price, 0); err != nil {
		t.Error(err)
	}
	if inside == 0 || outside == 0 {
		t.Errorf("the test proves nothing: %d inside, %d outside", inside, outside)
	}
	t.Logf("%d inside, %d outside", inside, outside)
	c.books()
}
