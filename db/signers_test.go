package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// What was signed before payments said by whom is of the wallet that was looked at.
func TestWhatWasSignedBelongsToTheWalletThatIsKnown(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := oldBooks(t, c, 11)
		write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('look.keys', 'aa bb', 1)`)
		for _, address := range []string{"bcrt1qsigned", "bcrt1qheld"} {
			write(t, d, `
INSERT INTO payment_order (user_id, code, state, to_address, said_to, said_at, amount, fee_limit, created, expires)
SELECT id, '', 'held', $1, 'shop', '', 7, 0, 1, 2 FROM user_account`, address)
		}
		write(t, d, `
INSERT INTO payment_order (user_id, code, state, payment_hash, invoice, said_to, said_at, amount, fee_limit, created, expires, node)
SELECT id, '', 'done', '1', 'lnbc1', 'shop', '', 7, 0, 1, 2, '02aa' FROM user_account`)
		write(t, d, `INSERT INTO effect (order_id, txid, raw, fee, inputs, created) SELECT id, 'a1', $1, 0, '[]', 1 FROM payment_order WHERE to_address = 'bcrt1qsigned'`, []byte{1})
		d.Migrate(upTo(t, d.Dialect, 99))
		upgrade(t, d, false)
		for to, want := range map[string]string{"bcrt1qsigned": "aa", "bcrt1qheld": "", "": "02aa"} {
			if got := read[string](t, d, `SELECT node FROM payment_order WHERE COALESCE(to_address, '') = $1`, to); got != want {
				t.Errorf("the order to %q is of %q, want %q", to, got, want)
			}
		}
	})
}
