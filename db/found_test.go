package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// What stopped payments before causes said of whom they were found is of the Lightning
// node that is looked at, unless there was another one, and of the wallet that signed.
func TestWhatWasFoundBelongsToWhoIsKnown(t *testing.T) {
	for name, want := range map[string]string{"the same node": "02aa", "another node was there": ""} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c db.Config) {
				d := oldBooks(t, c, 12)
				write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('look.node', '02aa', 1)`)
				write(t, d, `
INSERT INTO payment_order (user_id, code, state, to_address, said_to, said_at, amount, fee_limit, created, expires, node)
SELECT id, '', 'held', 'bcrt1q', 'shop', '', 7, 0, 1, 2, 'key' FROM user_account`)
				write(t, d, `INSERT INTO effect (order_id, txid, raw, fee, inputs, created) SELECT id, 'a1', $1, 0, '[]', 1 FROM payment_order`, []byte{1})
				write(t, d, `INSERT INTO frozen (ref, reason, what, since) VALUES ('a1', 'not-mined', '', 1), ('b1', 'not-received', '', 1), ('a rule', 'balance', '', 1)`)
				if want == "" {
					write(t, d, `INSERT INTO frozen (ref, reason, what, since, lifted) VALUES ('node:02aa', 'other-node', '', 1, 2)`)
				}
				d.Migrate(upTo(t, d.Dialect, 99))
				upgrade(t, d, false)
				for reason, want := range map[string]string{"not-mined": "key", "not-received": want, "balance": ""} {
					if got := read[string](t, d, `SELECT node FROM frozen WHERE reason = $1`, reason); got != want {
						t.Errorf("what is %s was found of %q, want %q", reason, got, want)
					}
				}
			})
		})
	}
}
