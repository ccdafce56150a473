package audit_test

import (
	"context"
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
			if err := ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "bonus", Debit: w.ann.Money, Credit: w.bob.Money, Amount: 300, At: now}); err != nil {
				return err
			}
			return ledger.Post(ctx, tx, ledger.Transfer{Ref: o.Ref(), Step: "bonus2", Debit: outside, Credit: w.bob.Money, Amount: 700, At: now})
		})
		found, err := audit.Books(t.Context(), d.Read())
		if err != nil || len(found) != 2 {
			t.Errorf("found %v (%v), want both", found, err)
		}
	})
}
