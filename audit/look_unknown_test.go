package audit_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// A transaction that no order made names the order that it may be that of: the same amount
// to the same address, and not over. Which is told again from what was written down.
func TestAnUnknownTransactionNamesTheOrderThatItMayBeThatOf(t *testing.T) {
	to := func(addr string, sat int64) chain.Output {
		return chain.Output{Address: addr, Amount: amount.FromSats(sat)}
	}
	for name, tt := range map[string]struct {
		paid   []chain.Output
		order  string   // which is named; "" none
		also   []string // of the same amount to the same address
		begins bool     // the order that is held begins, with another transaction
	}{
		"the order that is held":             {paid: []chain.Output{to("bcrt1qshop", 700)}, order: "first"},
		"among others":                       {paid: []chain.Output{to("bcrt1qother", 700), to("bcrt1qshop", 700)}, order: "first"},
		"two are alike":                      {paid: []chain.Output{to("bcrt1qshop", 700)}, order: "first", also: []string{"second"}},
		"one that has another transaction":   {paid: []chain.Output{to("bcrt1qshop", 700)}, order: "first", begins: true},
		"one that has, and one that has not": {paid: []chain.Output{to("bcrt1qshop", 700)}, order: "second", also: []string{"second"}, begins: true},
		"another amount":                     {paid: []chain.Output{to("bcrt1qshop", 701)}},
		"another address":                    {paid: []chain.Output{to("bcrt1qother", 700)}},
		"no address, and nothing":            {paid: []chain.Output{to("", 0)}},
		"what a node of before did not say":  {},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				draft := paymentorder.Draft{ToAddress: "bcrt1qshop", SaidTo: "shop", Amount: 700 * amount.Sat, FeeLimit: 200 * amount.Sat}
				deeds := []deed{g.confirm}
				if tt.begins {
					deeds = append(deeds, g.store)
				}
				g.drafted("first", draft, deeds...)
				for _, name := range tt.also {
					g.drafted(name, draft, g.confirm)
				}
				tx := chain.Sent{TxID: fmt.Sprintf("%064x", 99), Amount: 850 * amount.Sat, At: now + 100, Paid: tt.paid}
				g.on.sent = []chain.Sent{tx}
				g.finds(spent)
				all, err := freeze.Causes(t.Context(), d.Read())
				if err != nil || len(all) != 1 {
					t.Fatalf("%+v (%v)", all, err)
				}
				orders, err := paymentorder.For(t.Context(), d.Read(), all[0])
				if err != nil || (len(orders) > 0) != (tt.order != "") || tt.order != "" && len(orders) != 1+len(tt.also) {
					t.Errorf("it is for %+v (%v)", orders, err)
				}
				want := "and no order did it"
				if tt.order != "" {
					want = fmt.Sprintf("and order %d, of 700 sat", g.orders[tt.order].ID)
				}
				if !strings.Contains(all[0].What, want) {
					t.Errorf("found %q, want %q", all[0].What, want)
				}
			})
		})
	}
}

// An order that is over is not what an unknown transaction is for, and no other kind is.
func TestAnUnknownTransactionIsForNoOrderThatIsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d) // whose orders to bcrt1qout are in every state
		pays, err := paymentorder.Pays([]chain.Output{{Address: "bcrt1qout", Amount: 1000 * amount.Sat}})
		if err != nil {
			t.Fatal(err)
		}
		orders, err := paymentorder.For(t.Context(), d.Read(), freeze.Cause{Pays: pays, Orders: math.MaxInt64})
		if err != nil {
			t.Fatal(err)
		}
		var got, want []paymentorder.ID
		for _, o := range orders {
			got = append(got, o.ID)
		}
		for _, name := range []string{"held", "sending", "in_flight", "unmined", "stuck"} {
			want = append(want, w.orders[name].ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// An operator books the order that is held by the transaction. It is over, at the next look,
// also if a look of before was kept meanwhile; and the sums are right.
func TestAnUnknownTransactionIsOverWhenItsOrderHasIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		g.drafted("held", paymentorder.Draft{ToAddress: "bcrt1qout", SaidTo: "shop", Amount: 1000 * amount.Sat, FeeLimit: 200 * amount.Sat}, g.confirm)
		held := g.orders["held"]
		tx := chain.Sent{TxID: fmt.Sprintf("%064x", 99), Amount: 1150 * amount.Sat, At: now + 100, Paid: []chain.Output{{Address: "bcrt1qout", Amount: 1000 * amount.Sat}}}
		g.on.sent = []chain.Sent{tx}
		g.finds(spent)
		g.on.holds -= tx.Amount
		g.tx(func(ctx context.Context, q *db.Tx) error {
			o, err := paymentorder.ByID(ctx, q, held.ID)
			if err != nil {
				return err
			}
			o.Node = "key"
			return o.Store(ctx, q, chain.Prepared{TxID: tx.TxID, Raw: []byte{1}, Fee: 150 * amount.Sat}, now)
		})
		g.finds()
		if on, err := freeze.Stopped(t.Context(), d.Read()); err != nil || on {
			t.Errorf("stopped: %v (%v)", on, err)
		}
	})
}
