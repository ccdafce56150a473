package audit_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Neighbours were paid in two transfers once, by way of what was set aside. Such an order
// is as true as it was.
func TestOrdersThatWereBookedInTwoTransfersStayTrue(t *testing.T) {
	for name, tt := range map[string]struct {
		from  string // account of ann's out of which the second transfer comes
		finds int
	}{"by way of what was set aside": {"held", 0}, "and the second past what was set aside": {"money", 2}} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := build(t, d)
				w.tx(func(ctx context.Context, tx *db.Tx) error {
					for _, q := range []string{`
INSERT INTO payment_order (user_id, code, state, to_user, said_to, said_at, amount, fee_limit, fee, created, expires, confirmed, ended)
SELECT a.id, 'zzzz', 'done', b.id, 'bob', '', 700, 0, 0, 1, 2, 1, 1 FROM user_account a, user_account b WHERE a.jid LIKE 'ann%' AND b.jid LIKE 'bob%'`, `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || CAST(o.id AS TEXT), 'hold', u.money, u.held, 700, 1 FROM payment_order o JOIN user_account u ON u.id = o.user_id WHERE o.code = 'zzzz'`, `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || CAST(o.id AS TEXT), 'pay', u.` + tt.from + `, p.money, 700, 1
FROM payment_order o JOIN user_account u ON u.id = o.user_id JOIN user_account p ON p.id = o.to_user WHERE o.code = 'zzzz'`} {
						if ok, err := tx.One(ctx, q); err != nil || !ok {
							t.Fatal(q, ok, err)
						}
					}
					return nil
				})
				if found, err := audit.Books(t.Context(), d.Read()); err != nil || len(found) != tt.finds {
					t.Errorf("found %v (%v), want %d", found, err, tt.finds)
				}
			})
		})
	}
}
