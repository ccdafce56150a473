package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
)

// What came before each wallet had its coins is of the wallet that was looked at.
func TestWhatCameBelongsToTheWalletThatIsKnown(t *testing.T) {
	for name, tt := range map[string]struct{ mark, key string }{
		"it was looked at": {"aa bb cc", "aa"}, "it has one key": {"02aa", "02aa"}, "none was looked at": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c db.Config) {
				d := oldBooks(t, c, 10)
				if tt.mark != "" {
					write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('look.keys', $1, 1)`, tt.mark)
				}
				write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('deposits', '101', 1)`)
				write(t, d, `INSERT INTO deposit_address (address, user_id, node, created) SELECT 'bc1', id, 'bc1', 1 FROM user_account`)
				write(t, d, `INSERT INTO coin (txid, vout, address, user_id, amount, state, seen) SELECT 'a1', 0, 'bc1', id, 7, 'seen', 1 FROM user_account`)
				write(t, d, `INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES
('node:aa', 'other-node', '', 1, 2, 'me'), ('wallet:dd', 'other-node', '', 1, NULL, ''), ('a1', 'spent', '', 1, 2, 'me')`)

				d.Migrate(upTo(t, d.Dialect, 99))
				upgrade(t, d, false)
				if got := read[string](t, d, `SELECT wallet FROM coin`); got != tt.key {
					t.Errorf("the coin is of %q, want %q", got, tt.key)
				}
				if got := read[string](t, d, `SELECT value FROM node_cursor WHERE name = $1`, "deposits:"+tt.key); got != "101" {
					t.Errorf("the cursor is %q", got)
				}
				for ref, want := range map[string]string{"node:aa": "", "wallet:dd": "", "a1": "me"} {
					if got := read[string](t, d, `SELECT who FROM frozen WHERE ref = $1`, ref); got != want {
						t.Errorf("%s was declared by %q, want %q", ref, got, want)
					}
				}
			})
		})
	}
}

// An operator went over to another wallet before coins and payments said whose they were.
// What came and was signed until it was declared is of no wallet that is known: the audit
// asks the second one for none of it, and nothing is lost because that has not heard of it.
// It is read from the start, so that what it lists becomes its own.
func TestWhatCameBeforeAChangeoverIsOfNoKnownWallet(t *testing.T) {
	for name, tt := range map[string]struct {
		ref, reason, who string
		over             bool
	}{
		"declared":                 {"wallet:second", "other-node", "me", true},
		"found":                    {"wallet:second", "other-node", "", false},
		"another Lightning node":   {"node:02bb", "other-node", "me", false},
		"another fact of a wallet": {"wallet:second", "spent", "me", false},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c db.Config) {
				d := oldBooks(t, c, 10)
				write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('look.keys', 'second third', 1), ('deposits', '101', 1)`)
				write(t, d, `INSERT INTO deposit_address (address, user_id, node, created) SELECT 'bc1', id, 'bc1', 1 FROM user_account`)
				for txid, at := range map[string]int{"before": 10, "after": 11} {
					write(t, d, `INSERT INTO coin (txid, vout, address, user_id, amount, state, seen) SELECT $1, 0, 'bc1', id, 7, 'seen', $2 FROM user_account`, txid, at)
					write(t, d, `
INSERT INTO payment_order (user_id, code, state, to_address, said_to, said_at, amount, fee_limit, created, expires)
SELECT id, '', 'held', $1, 'shop', '', 7, 0, 1, 2 FROM user_account`, txid)
					write(t, d, `INSERT INTO effect (order_id, txid, raw, fee, inputs, created) SELECT id, $1, $2, 0, '[]', $3 FROM payment_order WHERE to_address = $1`,
						txid, []byte{1}, at)
				}
				write(t, d, `INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES
($1, $2, '', 9, 10, $3), ('wallet:first', 'other-node', '', 3, 5, ''), ('wallet:fourth', 'other-node', '', 20, NULL, '')`, tt.ref, tt.reason, tt.who)

				d.Migrate(upTo(t, d.Dialect, 99))
				upgrade(t, d, false)
				want := map[string]string{"before": "second", "after": "second"}
				cursor := "deposits:second"
				if tt.over {
					want["before"], cursor = "unknown", ""
				}
				for txid, key := range want {
					if got := read[string](t, d, `SELECT wallet FROM coin WHERE txid = $1`, txid); got != key {
						t.Errorf("the coin of %s is of %q, want %q", txid, got, key)
					}
					if got := read[string](t, d, `SELECT node FROM payment_order WHERE to_address = $1`, txid); got != key {
						t.Errorf("the payment of %s is of %q, want %q", txid, got, key)
					}
				}
				if got := read[string](t, d, `SELECT COALESCE(MAX(name), '') FROM node_cursor WHERE name LIKE 'deposits%'`); got != cursor {
					t.Errorf("the cursor is %q, want %q", got, cursor)
				}
			})
		})
	}
}
