package paymentorder_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// at once runs n calls that wait for each other, and returns their errors.
func atOnce(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			errs[i] = call(i)
		})
	}
	done.Wait()
	return errs
}

// Many clients at several gateways, and each spends all there is.
func TestSpendRace(t *testing.T) {
	const clients = 64
	several(t, 3, func(t *testing.T, all []town) {
		ann, bob := all[0].user(100*amount.Sat), all[0].user(0)
		var orders []*paymentorder.Order
		for i := range clients {
			d := inside(bob, 100*amount.Sat)
			if i%2 == 1 {
				d = outside(90*amount.Sat, 10*amount.Sat)
			}
			orders = append(orders, all[0].draft(ann, d))
		}
		won := -1
		for i, err := range atOnce(clients, func(i int) error { return all[i%3].confirm(ann, orders[i].Code) }) {
			switch {
			case err == nil && won >= 0:
				t.Errorf("%d and %d both won", won, i)
			case err == nil:
				won = i
			default:
				says(t, err, fault.InsufficientFunds, "order.short")
			}
		}
		switch {
		case won < 0:
			t.Error("nobody won")
		case won%2 == 0:
			all[0].is(orders[won], paymentorder.Done)
			all[0].has(ann, 0, 0)
			all[0].has(bob, 100*amount.Sat, 0)
		default:
			all[0].is(orders[won], paymentorder.Held)
			all[0].has(ann, 0, 100*amount.Sat)
		}
		all[0].clean()
	})
}

func TestAThousandEqualConfirmsHaveOneEffect(t *testing.T) {
	const clients, each = 50, 20
	several(t, 3, func(t *testing.T, all []town) {
		ann, bob := all[0].user(1000*amount.Sat), all[0].user(0)
		o := all[0].draft(ann, inside(bob, amount.Sat))
		var won atomic.Int64
		for _, err := range atOnce(clients, func(i int) error {
			var errs []error
			for n := range each {
				err := all[(i+n)%3].confirm(ann, o.Code)
				if err == nil {
					won.Add(1)
				} else if f := fault.Of(err); f.Kind != fault.Conflict || f.Phrase != "order.confirmed-before" {
					errs = append(errs, err)
				}
			}
			return errors.Join(errs...)
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if won.Load() != 1 {
			t.Errorf("%d won", won.Load())
		}
		all[0].has(ann, 999*amount.Sat, 0)
		all[0].has(bob, amount.Sat, 0)
		all[0].clean()
	})
}

// Confirmed here, cancelled there, and a third gateway finds that its time ran
// out.
func TestConfirmCancelAndLapseAtOnce(t *testing.T) {
	const rounds = 40
	several(t, 3, func(t *testing.T, all []town) {
		ann, bob := all[0].user(1000*amount.Sat), all[0].user(0)
		all[2].at(now + limits.TTL + 1)
		paid := amount.Msat(0)
		ends := map[paymentorder.State]int{}
		for range rounds {
			o := all[0].draft(ann, inside(bob, amount.Sat))
			calls := []func() error{
				func() error { return all[0].confirm(ann, o.Code) },
				func() error {
					return all[1].Tx(t.Context(), func(tx *db.Tx) error {
						o, err := paymentorder.ByCode(t.Context(), tx, ann.ID, o.Code)
						if err != nil {
							return err
						}
						return o.Cancel(t.Context(), tx, now)
					})
				},
				func() error {
					return all[2].Tx(t.Context(), func(tx *db.Tx) error {
						lapsed, err := paymentorder.ExpireOne(t.Context(), tx)
						if err == nil && lapsed == nil {
							err = fault.New(fault.Conflict, "", nil)
						}
						return err
					})
				},
			}
			won := 0
			for _, err := range atOnce(len(calls), func(i int) error { return calls[i]() }) {
				if err == nil {
					won++
				} else if !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			}
			if won != 1 {
				t.Errorf("%d won", won)
			}
			end := all[0].order(o).State
			ends[end]++
			if end == paymentorder.Done {
				paid += amount.Sat
			}
		}
		t.Log(ends)
		all[0].has(ann, 1000*amount.Sat-paid, 0)
		all[0].has(bob, paid, 0)
		all[0].clean()
	})
}
