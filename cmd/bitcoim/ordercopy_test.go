package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// The books are restored from a copy that is older than a payment, what stops payments
// is declared, and the order goes on. Nobody pays it twice or gives it back besides:
// an operator books it, and all is over.
func TestAPaymentThatACopyOfTheBooksLacksIsBooked(t *testing.T) {
	for name, declared := range map[string]bool{"at once": false, "after the second thing is declared, too": true} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.Succeeded)
				c.finds(freeze.Paid)
				c.works(0)
				c.is(paymentorder.Held, 49_000, 51_000)
				c.declare()
				c.works(1)
				c.is(paymentorder.Stuck, 49_000, 51_000)
				r := c.finds(freeze.Earlier)
				if f := r.Findings[0]; !strings.Contains(f.What, "before the books began") || !strings.Contains(f.What, "order book") ||
					strings.Contains(f.Rule, "given back") {
					t.Errorf("found %+v", f)
				}
				if declared {
					c.declare()
					c.finds()
				}
				c.works(0)
				c.release(false, "order book")
				c.release(true, "order book")
				c.is(paymentorder.Stuck, 49_000, 51_000)
				c.book()
				c.stopped()
				r = c.finds()
				c.marksGo()
				c.finds()
				if len(r.Notes) > 0 || c.node.calls > 0 {
					t.Errorf("noted %q; paid %d times", r.Notes, c.node.calls)
				}
			})
		})
	}
}

// By the copy the order has not begun. It is booked as it is: nothing is to be declared.
func TestAHeldOrderIsBookedIfTheNodeMadeIt(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(o *lightning.Outcome)
		want   string // in the error; "" is booked
	}{
		"it was made":       {func(*lightning.Outcome) {}, ""},
		"of another amount": {func(o *lightning.Outcome) { o.Amount++ }, "is held"},
		"it is on its way":  {func(o *lightning.Outcome) { o.State = lightning.InFlight }, "on its way"},
		"it failed":         {func(o *lightning.Outcome) { o.State = lightning.Failed }, "is held"},
		"it is not known":   {func(o *lightning.Outcome) { *o = lightning.Outcome{} }, "is held"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.Succeeded)
				if tt.want == "" {
					c.finds(freeze.Paid)
					c.book()
					c.finds()
					c.marksGo()
					if r := c.finds(); len(r.Notes) > 0 {
						t.Errorf("noted %q", r.Notes)
					}
					return
				}
				tt.change(&c.node.out)
				var out bytes.Buffer
				w := made{proof: c.preimage.Hex(), reason: "why", checked: true}
				err := book(t.Context(), &program{out: &out, err: &out}, d, c.node, c.o.ID, w)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				c.is(paymentorder.Held, 49_000, 51_000)
			})
		})
	}
}

// What the node may yet make, and what it made of another amount, is not given back; the
// audit names it until it has ended.
func TestWhatACopyOfTheBooksLacksMayStillEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.InFlight)
		c.finds(freeze.Paid)
		c.declare()
		c.works(1)
		c.finds(freeze.Earlier)
		c.release(true, "on its way")
		c.node.out.State = lightning.Succeeded
		c.node.out.Amount++
		c.works(0)
		c.finds(freeze.Earlier)
		c.release(true, "did not begin it")
		c.is(paymentorder.Stuck, 49_000, 51_000)
		c.node.out.State = lightning.Failed
		c.finds()
	})
}

// dumb is a node that does not answer.
type dumb struct{ lightning.Node }

func (dumb) Find(context.Context, lightning.Hash) (lightning.Outcome, error) {
	return lightning.Outcome{}, lightning.ErrUnreachable
}

// An order is held, and has not begun by the books. What the node made of it before they
// were copied, or may yet make, is not given back.
func TestOrderReleaseOfWhatIsHeldAsksTheNode(t *testing.T) {
	for name, tt := range map[string]struct {
		state  lightning.State
		silent bool
		check  bool
		want   string // in the error; "" is released
	}{
		"the node does not know it":               {state: lightning.NotFound},
		"it failed before":                        {state: lightning.Failed},
		"it was made":                             {state: lightning.Succeeded, check: true, want: "order book"},
		"it is on its way":                        {state: lightning.InFlight, check: true, want: "on its way"},
		"the node is silent, and nobody looked":   {silent: true, want: "-i-have-checked"},
		"the node is silent, the operator looked": {silent: true, check: true},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, tt.state)
				node := lightning.Node(c.node)
				if tt.silent {
					node = dumb{}
				}
				err := taken(t.Context(), d, c.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
					return releaseHeld(ctx, node, o, worker.Operator{DB: d, Name: "me", Reason: "why", Looked: true, Checked: tt.check})
				})
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				if err == nil {
					c.is(paymentorder.Failed, 100_000, 0)
				} else {
					c.is(paymentorder.Held, 49_000, 51_000)
				}
			})
		})
	}
}
