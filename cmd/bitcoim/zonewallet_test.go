package main

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
)

// keyring is a wallet with a key.
type keyring struct {
	chain.Node
	key string
}

func (k keyring) Address(context.Context, string) (string, error) { return "bcrt1q" + k.key, nil }
func (k keyring) Keys(context.Context) ([]string, error)          { return []string{k.key}, nil }

// What is published to be paid is of the wallet that was looked at.
func TestAZoneNamesNoAddressOfAnotherWallet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		var u *useraccount.User
		f.do(func(tx *db.Tx) (err error) {
			if _, err := tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'first', 1)`, deposit.MarkKeys); err != nil {
				return err
			}
			u, _, err = useraccount.Register(t.Context(), tx, "ann@example.org", 1)
			return err
		})
		if a, err := unpaid(t.Context(), d, keyring{key: "third"}, u.ID, u.JID); !errors.Is(err, deposit.ErrOtherWallet) {
			t.Errorf("got %q, %v", a, err)
		}
		if a, err := unpaid(t.Context(), d, keyring{key: "first"}, u.ID, u.JID); err != nil || a != "bcrt1qfirst" {
			t.Errorf("got %q, %v", a, err)
		}
	})
}
