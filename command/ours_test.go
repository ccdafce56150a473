package command_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lnurl"
)

// However a neighbour is called, all is all: nothing stays behind for a fee that
// nobody takes.
func TestAllToANeighbourLeavesNoReserve(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.overLightning()
		w.desk.Lightning.Asks = &lnurl.Client{}
		w.enrol("ann", "bob")
		w.pays("ann", 100_000, 6)
		for _, name := range []string{"bob", "bob@" + gateway, "lightning:bob@" + gateway, "lnurlp://" + gateway + "/.well-known/lnurlp/bob"} {
			r, err := w.says("ann", "", "pay all "+name)
			if err != nil {
				t.Errorf("pay all %s: %v", name, err)
				continue
			}
			if v := r.Data.(command.OrderView); v.Amount != 100_000*amount.Sat || v.FeeLimit != 0 || v.To != "bob" {
				t.Errorf("pay all %s is %d msat to %s, and %d for a fee", name, v.Amount, v.To, v.FeeLimit)
			}
			w.must("ann", "", "cancel all")
		}
		if _, err := w.says("ann", "", "pay 5 lightning:nobody@"+gateway); said(err) != "pay.unknown" {
			t.Errorf("a name that nobody has: %q", said(err))
		}
	})
}
