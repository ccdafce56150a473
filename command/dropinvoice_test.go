package command_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/wallet"
)

// asked is a node that remembers what it was asked to take back, and says no if
// it is told to.
type asked struct {
	lightning.Node
	says      error
	cancelled []lightning.Hash
}

func (a *asked) Cancel(ctx context.Context, h lightning.Hash) error {
	a.cancelled = append(a.cancelled, h)
	if a.says != nil {
		return a.says
	}
	return a.Node.Cancel(ctx, h)
}

// asksFor makes an invoice of somebody.
func (w *town) asksFor(who, text string) wallet.Receivable {
	w.t.Helper()
	v := w.receivable(who, text)
	if v.Hash == "" {
		w.t.Fatalf("%q gave %+v", text, v)
	}
	return v
}

func TestAnInvoiceTakenBack(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		w.pays("bob", 90_000, 1)
		v := w.asksFor("ann", "receive 1000 tea")
		code := w.order("bob", "", "pay "+v.Invoice)
		node := &asked{Node: nodes.channels}
		w.desk.Lightning.Node = node
		for range 2 { // who asks twice gets the same end
			if _, err := w.desk.DropInvoice(t.Context(), w.caller("ann"), v.Hash); err != nil {
				t.Fatal(err)
			}
		}
		if i, err := w.desk.Invoice(t.Context(), w.caller("ann"), v.Hash); err != nil || i.State != "expired" {
			t.Errorf("got %+v, %v", i, err)
		}
		if len(node.cancelled) != 1 || node.cancelled[0] != w.decoded(v.Invoice).Hash {
			t.Errorf("the node was asked to cancel %v", node.cancelled)
		}
		// Who had it before may not confirm it now, and nobody orders to pay it.
		for _, text := range []string{"confirm " + code, "pay " + v.Invoice} {
			if _, err := w.says("bob", "", text); fault.Of(err).Phrase != "pay.invoice-expired" {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

func TestAnInvoiceThatIsNotTakenBack(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		w.pays("bob", 90_000, 1)
		theirs, paid, paying, aside := w.asksFor("bob", "receive 1001"), w.asksFor("ann", "receive 1002"), w.asksFor("ann", "receive 1003"), w.asksFor("ann", "receive 1004")
		w.arrives(paid.Invoice, int64(paid.Amount))
		code := w.order("bob", "", "pay "+paying.Invoice)
		w.must("bob", "", "confirm "+code) // the worker has not taken it up yet
		w.write(func(tx *db.Tx) error { _, err := invoice.SetAside(t.Context(), tx, aside.Hash); return err })
		for name, tt := range map[string]struct {
			who, hash string
			want      fault.Kind
		}{
			"of somebody else":      {"ann", theirs.Hash, fault.NotFound},
			"of nobody":             {"ann", "00ff", fault.NotFound},
			"by who is nobody":      {"carol", theirs.Hash, fault.NotAllowed},
			"paid":                  {"ann", paid.Hash, fault.Conflict},
			"a neighbour confirmed": {"ann", paying.Hash, fault.Conflict},
			"a neighbour pays":      {"ann", aside.Hash, fault.Conflict},
		} {
			if _, err := w.desk.DropInvoice(t.Context(), w.caller(tt.who), tt.hash); !fault.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", name, err, tt.want)
			}
		}
		if i, err := w.desk.Invoice(t.Context(), w.caller("bob"), theirs.Hash); err != nil || i.State != "open" || i.Amount != 1001*amount.Sat {
			t.Errorf("bob's: %+v, %v", i, err)
		}
		// What the node says decides, and then nothing changes here.
		open := w.asksFor("ann", "receive 1005")
		for name, tt := range map[string]struct {
			node lightning.Node
			want fault.Kind
		}{
			"no node":                      {nil, fault.Unavailable},
			"a node that is away":          {&asked{Node: nodes.channels, says: lightning.ErrUnreachable}, fault.Unavailable},
			"a payment is on its way":      {&asked{Node: nodes.channels, says: lightning.ErrRefused}, fault.Unavailable},
			"paid, and not booked yet":     {&asked{Node: nodes.channels, says: lightning.ErrSettled}, fault.Conflict},
			"a node that takes none back":  {&asked{Node: nodes.channels, says: lightning.ErrNoCancel}, fault.NotAllowed},
			"a node that knows it no more": {&asked{Node: nodes.channels, says: lightning.ErrNoInvoice}, fault.Unavailable},
		} {
			w.desk.Lightning.Node = tt.node
			if _, err := w.desk.DropInvoice(t.Context(), w.caller("ann"), open.Hash); !fault.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", name, err, tt.want)
			}
			if i, err := w.desk.Invoice(t.Context(), w.caller("ann"), open.Hash); err != nil || i.State != "open" {
				t.Errorf("%s: got %+v, %v", name, i, err)
			}
		}
	})
}
