package command_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// A deposit whose block went is no money in the history either, for as long as it is
// taken back, and one that never left is.
func TestADepositThatWasTakenBackIsMarked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann")
		w.pays("ann", 50_000, 100)
		c := chain.Coin{Outpoint: chain.Outpoint{TxID: strings.Repeat("0", 63) + "7"}, Address: w.newest("ann").Address,
			Amount: 70_000_000, Confirmations: 100, BlockHash: "block", Height: 500}
		w.write(func(tx *db.Tx) error { return w.rules.Book(t.Context(), tx, w.now.Unix(), "key", c) })
		reads := func(when, text, want string, is bool) {
			t.Helper()
			said := strings.Join(w.heard(w.must("ann", "", text), nil), "\n")
			if strings.Contains(said, want) != is {
				t.Errorf("%s, %s says\n%s", when, text, said)
			}
		}
		reads("credited", "history", "(taken back)", false)
		lost := func(tx *db.Tx) error {
			return w.rules.Lost(t.Context(), tx, w.now.Unix(), deposit.Wallet{"key"}, c.Outpoint)
		}
		w.write(lost)
		reads("when its block went", "history", "+70 000 sat  "+c.Address+" (taken back)", true)
		reads("when its block went", "history", "+50 000 sat  "+c.Address+" (taken back)", false)
		reads("when its block went", "tx 2", "Its block left the chain. It is taken off your balance", true)
		w.write(lost)
		reads("when it is nowhere", "history", "+70 000 sat  "+c.Address+" (taken back)", true)
		reads("when it is nowhere", "tx 2", "It left the chain and is not on its way back.", true)
		w.write(func(tx *db.Tx) error { return w.rules.Book(t.Context(), tx, w.now.Unix(), "key", c) })
		reads("when it is back", "history", "(taken back)", false)
	})
}
