package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
)

// walletless is a node that has not the wallet.
type walletless struct{ chain.Node }

func (walletless) Keys(context.Context) ([]string, error) { return nil, chain.ErrNoWallet }

// A node may be well and lack the wallet, or have another one.
func TestCheckAsksTheWallet(t *testing.T) {
	if err := checkWallet(t.Context(), config.Config{}, nil, walletless{}); !errors.Is(err, chain.ErrNoWallet) {
		t.Errorf("a wallet that is not there: %v", err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		wants := func(err error, want string) {
			t.Helper()
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
		wants(knownWallet(t.Context(), d, "the wallet", "lnd.url", keyring{key: "first"}), "") // nobody looked yet
		wants(knownNode(t.Context(), d, "lnd", says{key: "02aa"}), "")
		f.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'first', 1), ($2, '02aa', 1)`,
				deposit.MarkKeys, invoice.MarkNode)
			return err
		})
		wants(knownWallet(t.Context(), d, "the wallet", "lnd.url", keyring{key: "first"}), "")
		wants(knownWallet(t.Context(), d, `the wallet "x"`, "lnd.url", keyring{key: "other"}), `the wallet "x" is not the one that the database knows: correct lnd.url`)
		wants(knownNode(t.Context(), d, "lnd", says{key: "02aa"}), "")
		wants(knownNode(t.Context(), d, "lnd", says{key: "02bb"}), "02bb is not the Lightning node that the database knows: correct lnd.url; ")
		wants(knownNode(t.Context(), d, "moneysocket", says{key: "02bb"}), "database knows: correct lightning.beacon; ")
	})
}
