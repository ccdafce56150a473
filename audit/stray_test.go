package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// Whoever can post, but not change what was posted, can not hide a transfer
// behind a true order.
func TestAStrayTransferUnderATrueOrderIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		o := w.orders["paid"]
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			outside, err := ledger.System(ctx, tx, "chain")
			if err != nil {
				return err
			}
			if err := ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "unsettle:1", Debit: outside, Credit: w.ann.Held, Amount: 700, At: now}); err != nil {
				return err
			}
			return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "release", Debit: w.ann.Held, Credit: w.bob.Money, Amount: 700, At: now})
		})
		found, err := audit.Books(t.Context(), d.Read())
		found = slices.DeleteFunc(found, func(f ledger.Finding) bool { return !strings.HasPrefix(f.Rule, "a transfer of an order") })
		if err != nil || len(found) != 2 {
			t.Errorf("found %v (%v), want both", found, err)
		}
	})
}
