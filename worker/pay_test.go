package worker_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

func TestAPaymentFromOrderToBuried(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		u := c.rich(100_000)
		o := c.order(u, 40_000, 5_000)
		if err := c.money(u, 55_000, 45_000); err != nil {
			t.Error(err)
		}
		c.sent(o)
		if err := c.money(u, 55_000, 45_000); err != nil { // until it is mined
			t.Error(err)
		}
		c.done(o)
		fee := amount.Msat(c.fresh(o).Fee.Int64).Sats()
		if fee < 200 || fee > 5_000 {
			t.Errorf("the fee was %d sat", fee)
		}
		if err := c.money(u, 60_000-fee, 0); err != nil {
			t.Error(err)
		}
		for _, phrase := range []string{"order.sent", "order.mined"} {
			if n := c.told(u, phrase); n != 1 {
				t.Errorf("%s was told %d times", phrase, n)
			}
		}
		c.once(o)
		c.clean()
	})
}

func TestReorgTakesAPaymentBack(t *testing.T) {
	for _, depth := range []int{2} { // of which LND follows one; deeper it would be buried
		t.Run(fmt.Sprint(depth), func(t *testing.T) {
			c := open(t, dbtest.SQLite(t))
			u := c.rich(100_000)
			o := c.order(u, 40_000, 5_000)
			c.sent(o)
			c.mine(depth)
			c.work("it is mined", func() error {
				if o := c.fresh(o); o.State != paymentorder.Confirming || o.Confirmations != int64(depth) {
					return fmt.Errorf("it is %s, %d deep", o.State, o.Confirmations)
				}
				return nil
			})
			fee := amount.Msat(c.fresh(o).Fee.Int64).Sats()
			// A branch without it: what waited is lost when the chain's node is started again.
			for _, call := range []func() error{
				func() error { return c.chain.Undo(t.Context(), depth) },
				func() error { return c.chain.Restart(t.Context()) },
			} {
				if err := call(); err != nil {
					t.Fatal(err)
				}
			}
			c.mine(depth + 1)
			c.work("it is taken back", func() error { return c.is(o, paymentorder.InFlight) })
			if err := c.money(u, 60_000-fee, 40_000+fee); err != nil {
				t.Error(err)
			}
			if c.told(u, "order.unmined") != 1 {
				t.Error("the user was not told")
			}
			c.done(o)
			if err := c.money(u, 60_000-fee, 0); err != nil {
				t.Error(err)
			}
			c.once(o)
			c.clean()
		})
	}
}

func TestWhatCannotBeBuiltGivesTheMoneyBack(t *testing.T) {
	const tries = 12
	for name, tt := range map[string]struct {
		sat, limit int64
		reason     string
		turns      int
	}{
		"the fee is above the limit":      {40_000, 10, "order.failed-fee", 2},
		"the node takes it for dust":      {100, 5_000, "order.failed-refused", 2},
		"the wallet has not enough coins": {2_000_000_000, 5_000, "order.failed-funds", tries},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, dbtest.SQLite(t))
			u := c.rich(100_000)
			has := int64(100_000)
			if tt.sat > has { // money that is in the books and not in the wallet
				has = tt.sat + tt.limit
				c.imported(u, has-100_000)
			}
			o := c.order(u, tt.sat, tt.limit)
			for n := 1; ; n++ {
				if err := c.is(o, paymentorder.Failed); err == nil {
					if n <= tt.turns/2 {
						t.Errorf("given up after %d turns", n)
					}
					break
				}
				if n > 10*tries {
					t.Fatal("it never fails")
				}
				_ = c.turn()
			}
			if got := c.fresh(o).Reason; got != tt.reason {
				t.Errorf("got %s, want %s", got, tt.reason)
			}
			if err := c.money(u, has, 0); err != nil {
				t.Error(err)
			}
			if c.told(u, tt.reason) != 1 {
				t.Error("the user was not told")
			}
			if n := c.paid(o); n != 0 {
				t.Errorf("paid %d times", n)
			}
		})
	}
}

func TestFrozenStopsNewPaymentsOnly(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.rich(100_000)
	before := c.order(u, 20_000, 5_000)
	c.sent(before)
	c.frozen.Store(true)
	after := c.order(u, 20_000, 5_000)
	c.done(before) // what is under way goes on
	for range 10 {
		if err := c.turn(); err != nil {
			t.Error(err)
		}
	}
	if err := c.is(after, paymentorder.Held); err != nil {
		t.Error(err)
	}
	c.frozen.Store(false)
	c.done(after)
	c.clean()
}
