package worker_test

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// looks is a look at the wallet as a gateway has one; what it found.
func (c *town) looks(of audit.Scope) (rules []string) {
	c.Helper()
	var r audit.Report
	c.until("the node can be looked at", func() (err error) { // it may have a block to read
		r, err = audit.World(c.Context(), c.DB, c.node, nil, of)
		return err
	})
	for _, f := range r.Findings {
		c.Logf("%s: %s", f.Rule, f.What)
		rules = append(rules, f.Rule)
	}
	c.do(func(tx *db.Tx) error { _, err := r.Keep(c.Context(), tx); return err })
	return rules
}

// waits lets the workers turn for a while, and wants the order to be held still.
func (c *town) waits(o *paymentorder.Order) {
	c.Helper()
	for range 10 {
		if err := c.turn(); err != nil {
			c.Error(err)
		}
		c.ahead.Add(60)
	}
	if err := c.is(o, paymentorder.Held); err != nil {
		c.Error(err)
	}
}

// abroad is an address that the wallet does not know (BIP 173's key).
const abroad = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

const unknownToTheBooks = "the books know what the wallet sent"

// The copy of yesterday has an order that was paid since.
func TestACopyThatIsOlderThanThePaymentPaysNothing(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.rich(100_000)
	o := c.order(u, 20_000, 5_000)
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := c.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	c.sent(o)
	old, err := db.Open(t.Context(), db.Config{Driver: "sqlite", File: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = old.Close() })
	old.SetClock(c.clock)
	for _, when := range []string{"it waits for a block", "it is in a block"} {
		t.Run(when, func(t *testing.T) {
			again := &town{T: t, DB: old, chain: c.chain, lnd: c.lnd, node: c.node, started: c.started, ahead: c.ahead}
			if found := again.looks(audit.Lately); !slices.Contains(found, unknownToTheBooks) {
				t.Errorf("a look finds %q", found)
			}
			again.waits(o)
			if n := c.paid(o); n != 1 {
				t.Errorf("one order, %d payments", n)
			}
		})
		c.mine(1)
	}
	c.settled(o)
}

// What an operator sends by hand stops payments until it is declared.
func TestWhatTheOperatorSentIsDeclared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		u := c.rich(200_000)
		send := func() string {
			var answer struct{ TxID string }
			ask := map[string]any{"addr": abroad, "amount": "15000", "sat_per_vbyte": "2"}
			if err := c.lnd.Call(t.Context(), http.MethodPost, "/v1/transactions", ask, &answer); err != nil {
				t.Fatal(err)
			}
			return answer.TxID
		}
		txid := send()
		o := c.order(u, 20_000, 5_000)
		for range 2 { // it is one thing, seen twice
			if found := c.looks(audit.Lately); len(found) != 1 {
				t.Errorf("a look finds %q", found)
			}
		}
		c.waits(o)
		c.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(t.Context(), tx, txid, "me"); return err })
		if found := c.looks(audit.Lately); len(found) != 0 {
			t.Errorf("after it was declared a look finds %q", found)
		}
		c.done(o)
		txid = send()
		c.do(func(tx *db.Tx) error { _, err := freeze.Expect(t.Context(), tx, txid, "me"); return err }) // before anybody looked
		if found := c.looks(audit.Lately); len(found) != 0 {
			t.Errorf("what was declared ahead is found: %q", found)
		}
	})
}

// Consolidating coins is an operator's daily work.
func TestAPaymentOfTheWalletToItselfStopsNothing(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	c.rich(100_000)
	addr, err := c.node.Address(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	ask := map[string]any{"addr": addr, "amount": "25000", "sat_per_vbyte": "2"}
	if err := c.lnd.Call(t.Context(), http.MethodPost, "/v1/transactions", ask, nil); err != nil {
		t.Fatal(err)
	}
	if found := c.looks(audit.Lately); len(found) != 0 {
		t.Errorf("a look finds %q", found)
	}
}

// A stop that is committed while the node chooses coins counts: the transaction
// is not stored, and its coins are free for the next.
func TestAStopCountsUntilTheTransactionIsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		u := c.rich(100_000)
		node := stand(c.node)
		cause := freeze.Cause{Ref: "order:0", Reason: freeze.Proof, What: "a test"}
		node.after["prepare"] = func(context.Context) error {
			c.do(func(tx *db.Tx) error { _, err := freeze.Payments(t.Context(), tx, cause); return err })
			return nil
		}
		o := c.order(u, 60_000, 5_000)
		c.ahead.Add(2)
		if _, err := did(c.pay(node).Step(t.Context())); err != nil {
			t.Error(err)
		}
		c.waits(o)
		if n := c.paid(o); n != 0 {
			t.Errorf("paid %d times", n)
		}
		c.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(t.Context(), tx, cause.Ref, "me"); return err })
		c.settled(o)
	})
}

// What is under way goes on when the database says stop, and what is new waits.
func TestAStopInTheDatabaseStopsNewPaymentsOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		u := c.rich(100_000)
		before := c.order(u, 20_000, 5_000)
		c.sent(before)
		cause := freeze.Cause{Ref: "order:0", Reason: freeze.Proof, What: "a test"}
		c.do(func(tx *db.Tx) error { _, err := freeze.Payments(t.Context(), tx, cause); return err })
		after := c.order(u, 20_000, 5_000)
		c.done(before)
		c.waits(after)
		c.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(t.Context(), tx, cause.Ref, "me"); return err })
		c.settled(after)
	})
}

// another wallet than that of the last look.
type otherKeys struct{ chain.Node }

func (otherKeys) Keys(context.Context) ([]string, error) { return []string{"another"}, nil }

func TestAnotherWalletIsFoundAndNothingOfItCompared(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	c.rich(100_000)
	c.looks(audit.Lately)
	c.node = otherKeys{c.node}
	if found := c.looks(audit.Everything); len(found) != 1 || found[0] != "the nodes are those that were looked at before" {
		t.Errorf("a look finds %q", found)
	}
	c.do(func(tx *db.Tx) error {
		_, err := freeze.Acknowledge(t.Context(), tx, "wallet:another", "me")
		return err
	})
	if found := c.looks(audit.Everything); len(found) != 0 {
		t.Errorf("after it was declared a look finds %q", found)
	}
}
