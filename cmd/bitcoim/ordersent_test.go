package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// courier is a wallet that sent one transaction.
type courier struct {
	still
	sent chain.Sent
	fee  amount.Msat
	mute error // instead of an answer about it
}

func (c *courier) Sent(context.Context, string) ([]chain.Sent, error) {
	return []chain.Sent{c.sent}, nil
}

func (c *courier) Spent(_ context.Context, txid string) (chain.Sent, chain.Prepared, error) {
	if c.mute != nil {
		return chain.Sent{}, chain.Prepared{}, c.mute
	}
	if txid != c.sent.TxID {
		return chain.Sent{}, chain.Prepared{}, chain.ErrNotSent
	}
	return c.sent, chain.Prepared{TxID: txid, Raw: []byte{1}, Fee: c.fee, Inputs: []chain.Outpoint{{TxID: "c0", Vout: 1}}}, nil
}

func (c *courier) Tx(context.Context, string) (chain.TxStatus, error) {
	return chain.TxStatus{State: chain.Confirmed, Confirmations: 3}, nil
}

// theTx is the id of that transaction.
var theTx = strings.Repeat("77", 32)

// delivered is a copy of the books with an order to an address that is held, and a wallet
// that has sent it since.
func delivered(t *testing.T, d *db.DB) (*copied, *courier) {
	t.Helper()
	c := restored(t, d, lightning.NotFound)
	c.toAddress()
	w := &courier{fee: 300, sent: chain.Sent{TxID: theTx, Amount: 50_300, Confirmations: 1, At: soldAt + 60,
		Paid: []chain.Output{{Address: "bcrt1qsomebody", Amount: 50_000}}}}
	return c, w
}

// looks is an audit of everything that is kept; payments are stopped after it, or not.
func (c *copied) looks(w *courier, stops bool) string {
	c.Helper()
	r, err := audit.World(c.Context(), c.DB, w, c.node, audit.Everything)
	if err != nil {
		c.Fatal(err)
	}
	on, err := keep(c.Context(), c.DB, r)
	var text bytes.Buffer
	if err := errors.Join(err, printReport(c.Context(), &text, c.DB, r)); err != nil {
		c.Fatal(err)
	}
	if on != stops {
		c.Errorf("payments are stopped: %v, want %v:\n%s", on, stops, text.String())
	}
	return text.String()
}

// The books are a copy in which an order to an address is held that was sent since. Whoever
// asks hears which order it is; the transaction is not declared, and the order is not given
// back. Booked, it is an order like any other: it is not paid again, and ends.
func TestWhatWasSentAfterTheCopyIsBookedAndNotPaidAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c, w := delivered(t, d)
		line := "bitcoim order book 1 " + theTx + " REASON"
		var list bytes.Buffer
		said := map[string]string{"audit": c.looks(w, true)}
		if err := sayStopped(t.Context(), &list, d); err != nil {
			t.Fatal(err)
		}
		said["order list"] = list.String()
		p := &program{out: &bytes.Buffer{}, err: &bytes.Buffer{}}
		declares := func() error { return declare(t.Context(), p, d, theTx, "it was me", false) }
		if err := declares(); err == nil {
			t.Fatal("declared, and the order goes on and is paid again")
		} else {
			said["declare"] = err.Error()
		}
		err := taken(t.Context(), d, c.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
			return giveHeld(ctx, o, worker.Operator{DB: d, Name: "me", Reason: "why", Looked: true})
		})
		if err == nil {
			t.Fatal("its payer has the money, and the payee, too")
		}
		said["release"] = err.Error()
		for where, text := range said {
			if !strings.Contains(text, line) || strings.Contains(text, "-declare") {
				t.Errorf("%s: want %q, and no declaration, in\n%s", where, line, text)
			}
		}
		c.looks(w, true) // what was refused changed nothing
		c.is(paymentorder.Held, 49_000, 51_000)

		if err := bookSent(t.Context(), p, d, w, c.o.ID, made{proof: strings.ToUpper(theTx), reason: "the copy is older"}); err != nil {
			t.Fatal(err)
		}
		c.stopped()
		c.is(paymentorder.Sending, 49_000, 51_000)
		if text := c.looks(w, false); !strings.Contains(text, "the books are in order") {
			t.Errorf("after it was booked:\n%s", text)
		}
		if err := bookSent(t.Context(), p, d, w, c.o.ID, made{proof: theTx, reason: "again"}); err == nil || !strings.Contains(err.Error(), "on the books already") {
			t.Errorf("booked again: %v", err)
		}
		o, err := paymentorder.ByTx(t.Context(), d.Read(), theTx)
		if err != nil || o == nil || o.ID != c.o.ID || o.Node != "key" {
			t.Fatalf("the transaction is that of %+v (%v)", o, err)
		}
		if got, err := sentInstead(t.Context(), d.Read(), *o); err != nil || got != "" {
			t.Errorf("instead of its own transaction it has %q (%v)", got, err)
		}
		var acts []string
		c.do(func(tx *db.Tx) error {
			return tx.SelectContext(t.Context(), &acts, `SELECT act || ' ' || target || ' ' || reason FROM operator_act`)
		})
		if len(acts) != 1 || acts[0] != "book order:1 the copy is older" {
			t.Errorf("recorded %q", acts)
		}
	})
}

// A look began before the order was booked, and is kept after it. What it found is over at
// the next look.
func TestALookFromBeforeItWasBookedStopsPaymentsForOneLook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c, w := delivered(t, d)
		c.looks(w, true)
		before, err := audit.World(t.Context(), d, w, c.node, audit.Everything)
		if err != nil {
			t.Fatal(err)
		}
		p := &program{out: &bytes.Buffer{}, err: &bytes.Buffer{}}
		if err := bookSent(t.Context(), p, d, w, c.o.ID, made{proof: theTx, reason: "why"}); err != nil {
			t.Fatal(err)
		}
		if on, err := keep(t.Context(), d, before); err != nil || !on {
			t.Errorf("stopped: %v (%v)", on, err)
		}
		c.looks(w, false)
	})
}

// What is not what a gateway would have sent for the order is booked by nobody's word, or
// by the operator's.
func TestOrderBookOfATransaction(t *testing.T) {
	other := chain.Output{Address: "bcrt1qother", Amount: 7_000}
	for name, tt := range map[string]struct {
		change  func(w *courier, m *made)
		checked bool
		want    string // in the error; "" is booked
		fee     amount.Msat
	}{
		"it is the order's":                   {func(*courier, *made) {}, false, "", 300},
		"it waits for a block":                {func(w *courier, _ *made) { w.sent.Confirmations = 0 }, false, "", 300},
		"no id":                               {func(_ *courier, m *made) { m.proof = "77" }, false, "64 hexadecimal digits", 0},
		"the operator says a fee":             {func(_ *courier, m *made) { m.fee = 7 }, false, "leave -fee-msat out", 0},
		"another transaction":                 {func(_ *courier, m *made) { m.proof = strings.Repeat("ab", 32) }, true, "did not send", 0},
		"the node is silent":                  {func(w *courier, _ *made) { w.mute = chain.ErrUnreachable }, true, "chain:", 0},
		"to another address":                  {func(w *courier, _ *made) { w.sent.Paid[0].Address = "bcrt1qother" }, true, "does not pay", 0},
		"of another amount":                   {func(w *courier, _ *made) { w.sent.Paid[0].Amount++ }, true, "does not pay", 0},
		"it stayed inside":                    {func(w *courier, _ *made) { w.sent.Inside = true }, true, "does not pay", 0},
		"others paid for it":                  {func(w *courier, _ *made) { w.fee = -1 }, true, "others paid", 0},
		"it pays others":                      {func(w *courier, _ *made) { w.sent.Paid = append(w.sent.Paid, other) }, false, "pays 7 sat to others", 0},
		"so it does, and he has looked":       {func(w *courier, _ *made) { w.sent.Paid = append(w.sent.Paid, other) }, true, "", 300},
		"it pays the same twice":              {func(w *courier, _ *made) { w.sent.Paid = append(w.sent.Paid, w.sent.Paid[0]) }, false, "pays 50 sat to others", 0},
		"it cost too much":                    {func(w *courier, _ *made) { w.fee = 5000 }, false, "what is above that is yours", 0},
		"it is a month older":                 {func(w *courier, _ *made) { w.sent.At -= 30 * 24 * 3600 }, false, "was made after it", 0},
		"so it is, and he has looked":         {func(w *courier, _ *made) { w.sent.At -= 30 * 24 * 3600 }, true, "", 300},
		"its block is an hour older":          {func(w *courier, _ *made) { w.sent.At -= 3600 }, false, "", 300},
		"so it did, and he has looked":        {func(w *courier, _ *made) { w.fee = 5000 }, true, "", 1000},
		"the wallet is not that of the books": {func(w *courier, _ *made) { w.sent.Label = "moved" }, true, "wallet", 0},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c, w := delivered(t, d)
				c.looks(w, true)
				w.sent.Paid = slices.Clone(w.sent.Paid)
				m := made{proof: theTx, reason: "why", checked: tt.checked}
				tt.change(w, &m)
				node := chain.Node(w)
				if w.sent.Label == "moved" {
					node = moved{w}
				}
				err := bookSent(t.Context(), &program{out: &bytes.Buffer{}, err: &bytes.Buffer{}}, d, node, c.o.ID, m)
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("got %v, want %q", err, tt.want)
				}
				if tt.want != "" {
					c.is(paymentorder.Held, 49_000, 51_000)
					if on, err := freeze.Stopped(t.Context(), d.Read()); err != nil || !on {
						t.Errorf("stopped: %v (%v)", on, err)
					}
					return
				}
				c.sends(w)
				c.is(paymentorder.Confirming, 100_000-50_000-tt.fee, 0)
			})
		})
	}
}

// sends lets a gateway follow the order, which signs nothing.
func (c *copied) sends(w *courier) {
	c.Helper()
	p := &worker.Pay{DB: c.DB, Chain: w, Clock: func() time.Time { return c.now }, Log: slog.New(slog.DiscardHandler), Poll: time.Second, Final: 6, Wake: func() {}}
	for range 2 {
		c.now = c.now.Add(time.Hour)
		if _, err := p.Step(c.Context()); err != nil {
			c.Error(err)
		}
	}
}

func (c *courier) Prepare(context.Context, []chain.Output, chain.FeeRate, amount.Msat) (chain.Prepared, error) {
	panic("it is paid again")
}

func (c *courier) Broadcast(context.Context, chain.Prepared) error { return nil }

// moved is the same wallet with other keys: another one, to the books.
type moved struct{ *courier }

func (moved) Keys(context.Context) ([]string, error) { return []string{"other"}, nil }
