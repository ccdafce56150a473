package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// What the node paid and the books have an order for is that order's: whoever asks what
// ends it hears of the order, and nothing of a declaration.
func TestAFindingNamesTheOrderThatPaysIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.Succeeded)
		var text bytes.Buffer
		r := c.finds(freeze.Paid)
		if err := printReport(t.Context(), &text, d, r); err != nil {
			t.Fatal(err)
		}
		said := map[string]string{"audit": text.String()}
		text.Reset()
		if err := sayStopped(t.Context(), &text, d); err != nil {
			t.Fatal(err)
		}
		_, check := knownToStop(t.Context(), d, time.Hour)
		said["order list"], said["check"] = text.String(), check.Error()
		for where, said := range said {
			for _, want := range []string{"order 1, of 50 sat, did not do it", "bitcoim order release 1 REASON"} {
				if !strings.Contains(said, want) || strings.Contains(said, "-declare") {
					t.Errorf("%s: want %q, and no declaration, in\n%s", where, want, said)
				}
			}
		}
		asked, other := strings.Repeat("cd", 32), strings.Repeat("ef", 32)
		c.do(func(tx *db.Tx) error {
			l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
			_, err := l.Draft(t.Context(), tx, c.ann, paymentorder.Draft{Invoice: "lnbc1", Hash: asked, SaidTo: "shop", Amount: 1000}, soldAt)
			return err
		})
		for ref, want := range map[string]string{asked: "order 2 pays it, and waits for its payer's code", other: "if you know what it was: bitcoim audit -declare " + other} {
			if got, err := ending(t.Context(), d.Read(), ref); err != nil || !strings.HasPrefix(got, want) {
				t.Errorf("got %q (%v), want %q", got, err, want)
			}
		}

		err := taken(t.Context(), d, c.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
			return releaseHeld(ctx, c.node, o, worker.Operator{DB: d, Name: "me", Reason: "why"})
		})
		if line := "bitcoim order book 1 " + c.preimage.Hex() + " REASON"; err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("got %v, want %q", err, line)
		}
	})
}

// Whoever asks what ends what stops payments hears the same of each fact, whichever command
// he asks with: of a receipt that is not credited not that it is declared, which would mean that
// its user is never credited.
func TestAllCommandsSayTheSameEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		for i, r := range []freeze.Reason{freeze.Spent, freeze.Paid, freeze.Proof, freeze.Earlier, freeze.OtherNode, freeze.Restored, freeze.Unmade,
			freeze.Unmined, freeze.Unburied, freeze.Uncredited, freeze.Miscredited, freeze.Unreceived} {
			f.stop(freeze.Cause{Ref: strings.Repeat(fmt.Sprintf("%02x", i+1), 32), Reason: r, What: "a test"})
		}
		all, err := freeze.Causes(t.Context(), d.Read())
		if err != nil {
			t.Fatal(err)
		}
		r, err := audit.Ledger(t.Context(), d, audit.Everything)
		if err != nil {
			t.Fatal(err)
		}
		var report, list, log bytes.Buffer
		if err := printReport(t.Context(), &report, d, r); err != nil {
			t.Fatal(err)
		}
		if err := sayStopped(t.Context(), &list, d); err != nil {
			t.Fatal(err)
		}
		g := &gateway{db: d, log: slog.New(slog.NewTextHandler(&log, nil))}
		if _, err := g.tellStops(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			how, err := end(t.Context(), d.Read(), c)
			if err != nil {
				t.Fatal(err)
			}
			for where, want := range map[string]struct{ said, line string }{
				"audit":      {report.String(), c.Ref + ": a test\n       " + how + "\n"},
				"order list": {list.String(), c.Ref + ": a test; " + how + "\n"},
				"the log":    {log.String(), "by=" + c.Ref + " reason=" + string(c.Reason)},
			} {
				if !strings.Contains(want.said, want.line) {
					t.Errorf("%s: want %q in\n%s", where, want.line, want.said)
				}
			}
			if !strings.Contains(log.String(), `end="`+how+`"`) {
				t.Errorf("the log: want %q", how)
			}
		}
	})
}

// What is of another amount than the order is not booked while that is held. Each answer
// names the next line, to the end; and that an order is stuck is said when nothing stops
// payments any more.
func TestWhatTheNodeMadeOfAnotherAmountHasAWayOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.Succeeded)
		c.node.out.Amount += 1000
		c.finds(freeze.Paid)
		declare := func() string {
			t.Helper()
			var out bytes.Buffer
			if err := declare(t.Context(), &program{out: &out}, d, c.o.Hash.String, "a test", false); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		err := taken(t.Context(), d, c.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
			return releaseHeld(ctx, c.node, o, worker.Operator{DB: d, Name: "me", Reason: "why"})
		})
		if err == nil || !strings.Contains(err.Error(), "bitcoim audit -declare "+c.o.Hash.String) || !strings.Contains(err.Error(), "of 51 sat") {
			t.Errorf("held: %v", err)
		}
		if said := declare(); strings.Contains(said, "stuck") {
			t.Errorf("declared: %s", said)
		}
		c.works(1)
		line := "bitcoim order book -i-have-checked -fee-msat 300 1 " + c.preimage.Hex() + " REASON"
		if f := c.finds(freeze.Earlier).Findings[0]; !strings.Contains(f.What, "Book it: "+line) {
			t.Errorf("found %+v, want %q", f, line)
		}
		c.release(false, line)
		if said := declare(); !strings.Contains(said, "order 1 is still stuck: bitcoim order stuck\n") {
			t.Errorf("declared: %s", said)
		}
		var out bytes.Buffer
		w := made{proof: c.preimage.Hex(), fee: 300, reason: "settled", checked: true}
		if err := book(t.Context(), &program{out: &out, err: &out}, d, c.node, c.o.ID, w); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		if err := tellStuck(t.Context(), &out, d); err != nil || out.Len() > 0 {
			t.Errorf("booked: %q (%v)", out.String(), err)
		}
	})
}
