package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// What came before each wallet had its coins is of the wallet that was looked at.
func TestWhatCameBelongsToTheWalletThatIsKnown(t *testing.T) {
	for name, tt := range map[string]struct{ mark, key string }{
		"it was looked at": {"aa bb cc", "aa"}, "it has one key": {"02aa", "02aa"}, "none was looked at": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c db.Config) {
				d := dbtest.Open(t, c)
				d.Migrate(upTo(t, d.Dialect, 10))
				upgrade(t, d, false)
				if tt.mark != "" {
					write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('look.keys', $1, 1)`, tt.mark)
				}
				write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('deposits', '101', 1)`)
				write(t, d, `INSERT INTO account (kind, name) VALUES ('user', 'user:ann'), ('held', 'held:ann')`)
				write(t, d, `INSERT INTO user_account (jid, money, held, created)
SELECT 'ann@example.org', m.id, h.id, 1 FROM account m, account h WHERE m.name = 'user:ann' AND h.name = 'held:ann'`)
				write(t, d, `INSERT INTO deposit_address (address, user_id, node, created) SELECT 'bc1', id, 'bc1', 1 FROM user_account`)
				write(t, d, `INSERT INTO coin (txid, vout, address, user_id, amount, state, seen) SELECT 'a1', 0, 'bc1', id, 7, 'seen', 1 FROM user_account`)
				write(t, d, `INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES
('wallet:aa', 'other-node', '', 1, 2, 'me'), ('wallet:dd', 'other-node', '', 1, NULL, ''), ('a1', 'spent', '', 1, 2, 'me')`)

				d.Migrate(upTo(t, d.Dialect, 99))
				upgrade(t, d, false)
				if got := read[string](t, d, `SELECT wallet FROM coin`); got != tt.key {
					t.Errorf("the coin is of %q, want %q", got, tt.key)
				}
				if got := read[string](t, d, `SELECT value FROM node_cursor WHERE name = $1`, "deposits:"+tt.key); got != "101" {
					t.Errorf("the cursor is %q", got)
				}
				for ref, want := range map[string]string{"wallet:aa": "", "wallet:dd": "", "a1": "me"} {
					if got := read[string](t, d, `SELECT who FROM frozen WHERE ref = $1`, ref); got != want {
						t.Errorf("%s was declared by %q, want %q", ref, got, want)
					}
				}
			})
		})
	}
}
