package deposit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
)

// A wallet that does not list a coin says nothing of what came to another one. One that
// lists it has it, and is believed from then on.
func TestADepositStaysWhenAnotherWalletDoesNotKnowIt(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		other := deposit.Wallet{"other"}
		s := c.sight(500, 2)
		lost := func() {
			t.Helper()
			c.do(func(tx *db.Tx) error { return rules.Lost(t.Context(), tx, now, other, s.Outpoint) })
		}
		c.book(s)
		lost()
		c.is(s, deposit.Credited)
		c.has(500, 0)
		c.do(func(tx *db.Tx) error { return rules.Book(t.Context(), tx, now, "other", c.sight(500, 3)) })
		c.lost(s) // says the first
		c.is(s, deposit.Credited)
		lost()
		c.is(s, deposit.Reorged)
		c.has(0, 0)
		c.clean()
	})
}

// A wallet is known by one key as long as it has it, whatever it is given besides.
func TestAWalletIsKnownByOneKey(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for _, tt := range []struct {
			was, has, key string
			same          bool
		}{
			{"", "b c", "b", true}, // nobody looked yet
			{"b c", "a b c", "b", true},
			{"b a c", "a c", "a", true},
			{"b a c", "d", "", false},
		} {
			c.do(func(tx *db.Tx) error {
				if tt.was == "" {
					return nil
				}
				_, err := tx.ExecContext(t.Context(), `
INSERT INTO node_cursor (name, value, at) VALUES ($1, $2, 1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, deposit.MarkKeys, tt.was)
				return err
			})
			key, same, err := deposit.Known(t.Context(), c.Read(), strings.Fields(tt.has))
			if err != nil || key != tt.key || same != tt.same {
				t.Errorf("%q, that was %q: got %q, %v (%v)", tt.has, tt.was, key, same, err)
			}
		}
		if got := (deposit.Wallet{"a", "b", "c"}).From("b"); !slices.Equal(got, deposit.Wallet{"b", "a", "c"}) {
			t.Errorf("got %q", got)
		}
	})
}
