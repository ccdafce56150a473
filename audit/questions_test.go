package audit_test

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// counted counts what a wallet is asked. It lists nothing, and has everything.
type counted struct {
	wallet
	asked map[string]int
}

func (c counted) Keys(ctx context.Context) ([]string, error) {
	c.asked["Keys"]++
	return c.wallet.Keys(ctx)
}

func (c counted) Since(context.Context, string) (chain.Receipts, error) {
	c.asked["Since"]++
	return chain.Receipts{Cursor: "7"}, nil
}

func (c counted) Sent(context.Context, string) ([]chain.Sent, error) {
	c.asked["Sent"]++
	return nil, nil
}

func (c counted) Tx(context.Context, string) (chain.TxStatus, error) {
	c.asked["Tx"]++
	return chain.TxStatus{State: chain.Confirmed, Confirmations: 3}, nil
}

func (c counted) Balance(ctx context.Context) (chain.Balance, error) {
	c.asked["Balance"]++
	return c.wallet.Balance(ctx)
}

// A look asks about what may still change, however much there is that can not.
func TestALookAsksNoMoreAsThePastGrows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		const later = now + 10*24*3600 // the past is days ago
		look := func(of audit.Scope) map[string]int {
			d.SetClock(func() time.Time { return time.Unix(later, 0) })
			defer d.SetClock(func() time.Time { return time.Unix(now, 0) })
			n := counted{wallet{holds: amount.BTC}, map[string]int{}}
			r, err := audit.World(t.Context(), d, n, nil, of)
			if err != nil || len(r.Findings) != 0 {
				t.Fatalf("found %v (%v)", r.Findings, err)
			}
			w.tx(func(ctx context.Context, tx *db.Tx) error { _, err := r.Keep(ctx, tx); return err })
			return n.asked
		}
		whole := look(audit.Everything)
		few := look(audit.Lately)
		const more = 20
		for i := range more {
			w.coin(chain.Overlap+1, 10_000)
			w.order(fmt.Sprint("done ", i), "bcrt1qout", w.confirm, w.store, w.mine, w.bury)
		}
		if many := look(audit.Lately); !maps.Equal(few, many) {
			t.Errorf("asked %v before, and %v with %d coins and payments more", few, many, more)
		}
		if all := look(audit.Everything); all["Tx"] != whole["Tx"]+2*more { // which is why few looks are
			t.Errorf("a look at everything asked %v, and %v with %d coins and payments more", whole, all, more)
		}
	})
}
