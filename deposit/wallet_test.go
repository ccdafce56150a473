package deposit_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/cursor"
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

// keyring is a node that says which keys its wallet has.
type keyring []string

func (k keyring) Keys(context.Context) ([]string, error) { return k, nil }

// mute is a node that does not answer.
type mute struct{ err error }

func (m mute) Keys(context.Context) ([]string, error) { return nil, m.err }

// A wallet is known by one key as long as it has it, whatever it is given besides.
func TestAWalletIsKnownByOneKey(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for _, tt := range []struct {
			was, has, key string
			err           error
		}{
			{"", "b c", "b", nil}, // nobody looked yet
			{"b c", "a b c", "b", nil},
			{"b a c", "a c", "a", nil},
			{"b a c", "d", "", deposit.ErrOtherWallet},
		} {
			c.do(func(tx *db.Tx) error {
				if tt.was == "" {
					return nil
				}
				return cursor.Set(t.Context(), tx, deposit.MarkKeys, tt.was, 1)
			})
			w, key, err := deposit.Ours(t.Context(), c.Read(), keyring(strings.Fields(tt.has)))
			if key != tt.key || !errors.Is(err, tt.err) || err == nil && strings.Join(w, " ") != tt.has {
				t.Errorf("%q, that was %q: got %q by %q (%v)", tt.has, tt.was, w, key, err)
			}
		}
		silent := errors.New("no answer")
		if _, _, err := deposit.Ours(t.Context(), c.Read(), mute{silent}); !errors.Is(err, silent) {
			t.Errorf("a node that does not answer: got %v", err)
		}
		if got := (deposit.Wallet{"a", "b", "c"}).From("b"); !slices.Equal(got, deposit.Wallet{"b", "a", "c"}) {
			t.Errorf("got %q", got)
		}
	})
}
