package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// looksAndReleases gives the money of the order back as an operator does who says only why.
func (c *copied) looksAndReleases(node chain.Node, ln lightning.Node) error {
	if err := lookFirst(c.Context(), c.DB, c.o, node, ln); err != nil {
		return err
	}
	return c.releasesTaken(worker.Operator{DB: c.DB, Name: "me", Reason: "why", Looked: true})
}

func (c *copied) releasesTaken(by worker.Operator) error {
	return taken(c.Context(), c.DB, c.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
		return releaseTaken(ctx, &program{out: io.Discard, err: io.Discard}, config.Config{}, o, by)
	})
}

// The books are a copy of minutes ago, or the clock of the machine that has them is behind,
// so that their last look seems to be of this minute. It was made before the copy.
func TestOrderReleaseOfAYoungCopyBelievesNoClock(t *testing.T) {
	for name, after := range map[string]time.Duration{
		"8 minutes later": 8 * time.Minute, "an hour behind": -time.Hour, "a day later": 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.NotFound)
				c.toAddress()
				c.now = time.Unix(soldAt, 0).Add(after)
				if err := c.releasesTaken(worker.Operator{DB: d, Name: "me", Reason: "why"}); err == nil || !strings.Contains(err.Error(), "say it again") {
					t.Errorf("nobody has looked since the copy was made, and got %v", err)
				}
				c.is(paymentorder.Held, 49_000, 51_000)
			})
		})
	}
}

// An order to an address is released when a look that is made now finds nothing, and else
// on the operator's word.
func TestOrderReleaseLooksItself(t *testing.T) {
	for name, tt := range map[string]struct {
		node chain.Node
		is   func(ln *payer)
		want string // in the error; "" is released
	}{
		"nothing was sent":           {still{}, func(*payer) {}, ""},
		"the wallet sent something":  {sender{}, func(*payer) {}, "something stopped payments after it was ordered"},
		"the wallet does not answer": {away{}, func(*payer) {}, "could not be compared with the nodes"},
		"Lightning does not answer":  {still{}, func(ln *payer) { ln.mute = lightning.ErrUnreachable }, "could not be compared with the nodes"},
		"another node answers":       {still{}, func(ln *payer) { ln.key = "03bb" }, "a node is another one"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.NotFound)
				c.toAddress()
				tt.is(c.node)
				err := c.looksAndReleases(tt.node, c.node)
				if tt.want == "" {
					if err != nil {
						t.Error(err)
					}
					c.is(paymentorder.Failed, 100_000, 0)
					return
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "-i-have-checked") {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				c.is(paymentorder.Held, 49_000, 51_000)
				if err := c.releasesTaken(worker.Operator{DB: d, Name: "me", Reason: "why", Checked: true}); err != nil {
					t.Error(err)
				}
				c.is(paymentorder.Failed, 100_000, 0)
			})
		})
	}
}

// The nodes are looked at for what has not begun and may have been paid, and for nothing else.
func TestOrderReleaseLooksWhereItMust(t *testing.T) {
	outside := paymentorder.Order{State: paymentorder.Held}
	stuck, inside := outside, outside
	stuck.State, inside.ToUser.Valid = paymentorder.Stuck, true
	for name, tt := range map[string]struct {
		o       paymentorder.Order
		checked bool
		want    bool
	}{
		"held":                                    {outside, false, true},
		"held, and the operator has checked":      {outside, true, false},
		"stuck, which the node is asked about":    {stuck, false, false},
		"held for a neighbour, whom no node pays": {inside, false, false},
	} {
		if got := wantsLook(&tt.o, worker.Operator{Checked: tt.checked}); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// On the command line, with a wallet that really is there.
func TestOrderReleaseLooksAtTheNodes(t *testing.T) {
	b := openBank(t)
	held := func() *paymentorder.Order {
		t.Helper()
		l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
		draft := paymentorder.Draft{ToAddress: stranger, SaidTo: stranger, Amount: 20_000 * amount.Sat, FeeLimit: 5_000 * amount.Sat, FeeRate: 2000}
		var o *paymentorder.Order
		b.must(b.db.Tx(t.Context(), func(tx *db.Tx) error {
			now, err := tx.Now(t.Context())
			if err != nil {
				return err
			}
			if o, err = l.Draft(t.Context(), tx, b.ann, draft, now); err != nil {
				return err
			}
			_, err = l.Confirm(t.Context(), tx, o.User, o.Code, paymentorder.InPerson())
			return err
		}))
		return o
	}
	if out, err := b.run("order", "release", fmt.Sprint(held().ID), "why"); err != nil {
		t.Errorf("nothing left the wallet, and got %q (%v)", out, err)
	}
	b.has(100_000, 0)

	id := fmt.Sprint(held().ID)
	sent, err := b.node.Prepare(t.Context(), []chain.Output{{Address: stranger, Amount: 20_000 * amount.Sat}}, 2000, amount.Max)
	b.must(err)
	b.must(b.node.Broadcast(t.Context(), sent))
	if out, err := b.run("order", "release", id, "why"); err == nil || !strings.Contains(err.Error(), "-i-have-checked") {
		t.Errorf("the wallet sent what the books do not know, and got %q (%v)", out, err)
	}
	all, err := freeze.Causes(t.Context(), b.db.Read())
	if err != nil || len(all) != 1 || all[0].Ref != sent.TxID {
		t.Errorf("stopped by %+v (%v)", all, err)
	}
	b.has(75_000, 25_000)
	if out, err := b.run("order", "release", "-i-have-checked", id, "why"); err != nil {
		t.Errorf("got %q (%v)", out, err)
	}
	b.has(100_000, 0)
}
