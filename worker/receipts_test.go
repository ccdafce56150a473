package worker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// teller is a node that tells of receipts, and hangs up.
type teller struct {
	*purse
	all    []lightning.Receipt
	before func() // it tells the first one
}

func (n *teller) Settled(_ context.Context, after uint64, deliver func(lightning.Receipt) error) error {
	if n.before != nil {
		n.before()
	}
	for _, r := range n.all {
		if r.SettleIndex <= after {
			continue
		}
		if err := deliver(r); err != nil {
			return err
		}
	}
	return errors.New("hangs up")
}

// hears listens to a node of that key.
func (r *room) hears(key string, all ...lightning.Receipt) {
	r.Helper()
	n := &teller{purse: newPurse(), all: all}
	n.key = key
	r.listens(n)
}

func (r *room) listens(n *teller) {
	r.Helper()
	_, err := (&worker.Receipts{DB: r.DB, Node: n, Log: r.log(), Wake: func() {}}).Step(r.Context())
	r.Log(err)
}

// bill is an invoice of somebody new, and what a node says of it that was paid.
func (r *room) bill(index uint64) (*useraccount.User, lightning.Receipt) {
	r.Helper()
	u, p := r.rich(0), newPurse()
	d := p.draft(400_000, 0)
	r.do(func(tx *db.Tx) error {
		return invoice.Add(r.Context(), tx, invoice.Invoice{Hash: d.Hash, User: u.ID, Preimage: p.preim.Hex(), Text: d.Invoice, Amount: d.Amount,
			Created: 1, Expires: epoch + 1_000_000})
	})
	return u, lightning.Receipt{Hash: p.preim.Hash(), Amount: 400_000, SettleIndex: index}
}

// looked keeps the key of the node that was looked at last.
func (r *room) looked(key string) {
	r.Helper()
	r.do(func(tx *db.Tx) error {
		_, err := tx.ExecContext(r.Context(), `
INSERT INTO node_cursor (name, value, at) VALUES ($1, $2, 1)
ON CONFLICT (name) DO UPDATE SET value = excluded.value`, invoice.MarkNode, key)
		return err
	})
}

// The operator went over to another node and declared it. That one counts from 1, and
// so it does for the first one when it is back.
func TestANewNodeCountsFromOne(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		ann, first := r.bill(101)
		bob, second := r.bill(1)
		eve, third := r.bill(102)
		r.looked("ours")
		r.hears("ours", first)
		r.has(ann, 400_000, 0)
		r.looked("new")
		r.hears("new", second)
		r.has(bob, 400_000, 0)
		r.looked("ours")
		r.hears("ours", first, third)
		r.has(ann, 400_000, 0)
		r.has(eve, 400_000, 0)
	})
}

// Another node has the place of ours for a minute, by a wrong address in a
// configuration. What it received is not booked, and its numbers are not ours. When an
// operator declares it, what it received is booked after all.
func TestAnotherNodesReceiptsWaitUntilItIsDeclared(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		ann, theirs := r.bill(5000)
		bob, own := r.bill(101)
		r.looked("ours")
		r.hears("another", theirs)
		r.has(ann, 0, 0)
		r.hears("ours", own)
		r.has(bob, 400_000, 0)
		r.looked("another")
		r.hears("another", theirs)
		r.has(ann, 400_000, 0)
	})
}

// Another node has the place of ours from one moment to the next: between the question
// who it is and the first receipt.
func TestEachReceiptIsAskedWhoseItIs(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		ann, theirs := r.bill(5000)
		bob, own := r.bill(101)
		r.looked("ours")
		n := &teller{purse: newPurse(), all: []lightning.Receipt{theirs}}
		n.key, n.before = "ours", func() { n.key = "another" }
		r.listens(n)
		r.has(ann, 0, 0)
		r.hears("ours", own)
		r.has(bob, 400_000, 0)
	})
}

// The same, and the other node is declared meanwhile, so that it is ours: its receipt
// moves its own cursor and not that of the one before.
func TestAReceiptMovesTheCursorOfItsNode(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		ann, theirs := r.bill(5000)
		bob, own := r.bill(101)
		r.looked("ours")
		n := &teller{purse: newPurse(), all: []lightning.Receipt{theirs}}
		n.key, n.before = "ours", func() { n.key = "another"; r.looked("another") }
		r.listens(n)
		r.hears("another", theirs)
		r.has(ann, 400_000, 0)
		r.looked("ours")
		r.hears("ours", own)
		r.has(bob, 400_000, 0)
	})
}
