package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// An order, a line and a notice from before the upgrade are as they were, and what they
// cannot be they cannot be afterwards, whichever way the schema says so.
func TestWhatAnOrderCannotBeIsRefused(t *testing.T) {
	const most, over = `2100000000000000000`, `2100000000000000001`
	order := func(set string) string { return `UPDATE payment_order SET ` + set }
	may := []string{
		order(`amount = ` + most), order(`fee_limit = ` + most), order(`fee_limit = 0`), order(`fee_limit = 5`), order(`fee = 5`), order(`fee = 0`), order(`fee = NULL`),
		order(`open_amount = 1`), order(`by_hand = 1`), order(`taken = 2`), order(`calls = 1, answered = 1`),
		order(`to_user = NULL, to_address = 'bcrt1q'`), order(`to_address = NULL, to_user = user_id, payment_hash = 'aa', invoice = 'lnbc1'`),
		`UPDATE statement SET amount = ` + over, `UPDATE statement SET incoming = 1`, `UPDATE notice SET balance = 1`,
	}
	mayNot := []string{
		order(`state = 'lost'`), order(`state = ''`), order(`state = NULL`), order(`state = 'New'`),
		order(`amount = 0`), order(`amount = -1`), order(`amount = ` + over), order(`amount = NULL`),
		order(`fee_limit = -1`), order(`fee_limit = ` + over), order(`fee_limit = NULL`), order(`fee = -1`), order(`fee = fee_limit + 1`),
		order(`open_amount = 2`), order(`open_amount = -1`), order(`open_amount = NULL`), order(`by_hand = 2`), order(`by_hand = NULL`),
		order(`taken = 3`), order(`taken = -1`), order(`taken = NULL`), order(`answered = calls + 1`),
		order(`to_user = NULL, to_address = NULL, payment_hash = NULL, invoice = ''`), order(`to_user = user_id, to_address = 'bcrt1q'`),
		order(`payment_hash = NULL, invoice = 'lnbc1'`), order(`payment_hash = 'aa', invoice = ''`),
		`UPDATE statement SET amount = 0`, `UPDATE statement SET amount = NULL`, `UPDATE statement SET incoming = 2`, `UPDATE statement SET incoming = NULL`,
		`UPDATE notice SET balance = 2`, `UPDATE notice SET balance = NULL`,
	}
	const draft = `
INSERT INTO payment_order (user_id, code, state, to_user, said_to, said_at, amount, fee_limit, created, expires)
SELECT id, $1, $2, id, 'bob', '', $3, 0, 1, 2 FROM user_account`
	each(t, func(t *testing.T, c db.Config) {
		d := oldBooks(t, c, 20)
		write(t, d, draft, "k7fw", "new", 7)
		write(t, d, `INSERT INTO statement (user_id, n, at, incoming, amount, peer, order_id) SELECT user_id, 1, 1, 0, 7, 'bob', id FROM payment_order`)
		write(t, d, `INSERT INTO notice (jid, phrase, created, due) VALUES ('bob@example.org', 'paid', 1, 1)`)
		d.Migrate(upTo(t, d.Dialect, 99))
		upgrade(t, d, false)
		got := read[string](t, d, `
SELECT o.state || ' ' || CAST(o.amount AS TEXT) || ' ' || CAST(o.open_amount + o.taken + o.by_hand + o.calls AS TEXT) || ' ' || CAST(s.amount AS TEXT) || ' ' || CAST(n.balance AS TEXT)
FROM payment_order o CROSS JOIN statement s CROSS JOIN notice n`)
		if want := "new 7 0 7 0"; got != want {
			t.Errorf("after the upgrade there is %q, want %q", got, want)
		}
		for state, amount := range map[string]int64{"lost": 7, "new": 0} {
			if err := try(t.Context(), d, draft, "other", state, amount); err == nil {
				t.Errorf("an order of %d msat that is %s was accepted", amount, state)
			}
		}
		for _, q := range append([]string{`UPDATE payment_order SET memo = 'tea'`}, may...) {
			write(t, d, q)
			for _, q := range mayNot {
				if err := try(t.Context(), d, q); err == nil {
					t.Errorf("%s was accepted", q)
				}
			}
		}
	})
}
