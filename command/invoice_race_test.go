package command_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/bolt11"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Two users and several orders of each for one invoice, all confirmed at once:
// one is taken, and the others hear why, whoever noticed it.
func TestOneInvoiceConfirmedByManyAtOnce(t *testing.T) {
	const rounds, clients = 5, 8
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.overLightning()
		w.enrol("ann", "bob")
		w.pays("ann", 50_000, 6)
		w.pays("bob", 50_000, 6)
		who := []string{"ann", "bob"}
		for round := range rounds {
			text := w.stranger(1_000_000, "").text(t)
			var codes []string
			for i := range clients {
				codes = append(codes, w.order(who[i%2], "", text))
			}
			errs := make([]error, clients)
			var done sync.WaitGroup
			for i := range clients {
				done.Go(func() {
					_, errs[i] = w.desk.Ask(t.Context(), command.Request{User: jid(who[i%2]), Text: "confirm " + codes[i], ID: fmt.Sprint(round, "-", i)})
				})
			}
			done.Wait()
			won := 0
			for i, err := range errs {
				f := fault.Of(err)
				switch {
				case err == nil:
					won++
					w.goes(who[i%2], codes[i], "begins", 0)
					w.goes(who[i%2], codes[i], "arrived", 0)
				case f.Phrase != "order.invoice-taken" || f.Kind != fault.Conflict:
					t.Errorf("got %v", err)
				}
			}
			if won != 1 {
				t.Errorf("%d won", won)
			}
		}
		if sum := w.money("ann") + w.money("bob"); sum != (100_000-rounds*1000)*amount.Sat || w.held("ann")+w.held("bob") != 0 {
			t.Errorf("they have %d msat", sum)
		}
		w.balanced()
	})
}

// What the order keeps of an invoice is what the worker needs to pay it.
func TestWhatAnOrderKeepsOfAnInvoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newScene(t, d)
		s.overLightning()
		s.services()
		s.enrol("ann", "bob")
		s.pays("ann", 100_000, 6)
		fixed, open := s.stranger(5_000_500, "tea"), s.stranger(0, "")
		kept := func(code string) *paymentorder.Order {
			o, err := paymentorder.ByCode(t.Context(), d.Read(), s.user("ann").ID, code)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		o := kept(s.order("ann", "", "LIGHTNING:"+fixed.text(t)))
		if o.Invoice != fixed.text(t) || o.Hash.String != fixed.hash.String() || o.OpenAmount || o.ToUser.Valid || o.ToAddress.Valid ||
			o.Amount != 5_000_500 || o.FeeLimit != 50_005 || o.Success != "" || o.Memo != "tea" {
			t.Errorf("of one with an amount: %+v", o)
		}
		o = kept(s.order("ann", "", open.text(t)+" 7000"))
		if o.Invoice != open.text(t) || !o.OpenAmount || o.Amount != 7_000_000 || o.FeeLimit != 70_000 {
			t.Errorf("of one without: %+v", o)
		}
		o = kept(s.order("ann", "", "pay 500 thankful@example.com"))
		if o.Success == "" || o.OpenAmount || o.SaidTo != "thankful@example.com" || o.Amount != 500_000 || !bolt11.OfNetwork(o.Invoice, "regtest") {
			t.Errorf("of one with thanks: %+v", o)
		}
		bobs := s.receivable("bob", "receive 300").Invoice
		o = kept(s.order("ann", "", bobs))
		if o.ToUser.V != s.user("bob").ID || o.FeeLimit != 0 || o.Invoice != bobs || o.Hash.String != s.decoded(bobs).Hash.String() {
			t.Errorf("of a neighbour's: %+v", o)
		}
	})
}
