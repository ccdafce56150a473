package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// What was booked in two transfers stays, and what was drafted before is paid in one.
func TestANeighbourIsPaidInOneTransferAfterTheUpgrade(t *testing.T) {
	const states = `UPDATE payment_order SET state = $2 WHERE code = $1`
	const books = `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || $1, $2, d.id, c.id, 7, 1 FROM account d, account c WHERE d.name = $3 AND c.name = $4`
	each(t, func(t *testing.T, c db.Config) {
		d := dbtest.Open(t, c)
		d.Migrate(upTo(t, d.Dialect, before))
		upgrade(t, d, false)
		write(t, d, `INSERT INTO account (kind, name) VALUES ('user', 'user:ann'), ('held', 'held:ann'), ('user', 'user:bob'), ('held', 'held:bob')`)
		for _, who := range []string{"ann", "bob"} {
			write(t, d, `INSERT INTO user_account (jid, money, held, created) SELECT $1, m.id, h.id, 1 FROM account m, account h WHERE m.name = $2 AND h.name = $3`,
				who+"@example.org", "user:"+who, "held:"+who)
		}
		write(t, d, `INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'import:ann', 'open', c.id, a.id, 20, 1 FROM account c, account a WHERE c.name = 'chain' AND a.name = 'user:ann'`)
		for _, code := range []string{"old", "new"} {
			write(t, d, `INSERT INTO payment_order (user_id, code, state, to_user, said_to, said_at, amount, fee_limit, created, expires)
SELECT a.id, $1, 'new', b.id, 'bob', '', 7, 0, 1, 2 FROM user_account a, user_account b WHERE a.jid LIKE 'ann%' AND b.jid LIKE 'bob%'`, code)
		}
		if err := try(t.Context(), d, books, "new", "pay", "user:ann", "user:bob"); err == nil {
			t.Error("the schema of before books one transfer")
		}
		write(t, d, states, "old", "held")
		write(t, d, books, "old", "hold", "user:ann", "held:ann")
		write(t, d, states, "old", "done")
		write(t, d, books, "old", "pay", "held:ann", "user:bob")
		d.Migrate(upTo(t, d.Dialect, 99))
		upgrade(t, d, false)
		if err := try(t.Context(), d, states, "new", "held"); err == nil {
			t.Error("a payment to a neighbour is still held")
		}
		write(t, d, states, "new", "done")
		write(t, d, books, "new", "pay", "user:ann", "user:bob")
		for name, want := range map[string]int{"user:ann": 6, "held:ann": 0, "user:bob": 14} {
			if got := read[int](t, d, `SELECT bal FROM account WHERE name = $1`, name); got != want {
				t.Errorf("%s has %d, want %d", name, got, want)
			}
		}
		if n := read[int](t, d, `SELECT COUNT(*) FROM transfer WHERE ref LIKE 'order:%'`); n != 3 {
			t.Errorf("%d transfers of orders, want 3", n)
		}
	})
}

// before is the version in which a neighbour was paid by way of what was set aside.
const before = 15
