package audit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
)

// Marks say how far the nodes were looked at, and which they were. A mark
// that is missing was never set.
const (
	markChain    = "look.chain" // a cursor of chain.Node
	markKeys     = deposit.MarkKeys
	markPaid     = "look.paid" // index and hash of the newest payment over Lightning
	markOpen     = "look.open" // hashes of the payments up to markPaid that had not ended
	markNode     = invoice.MarkNode
	markReceipts = "look.receipts" // index of the invoices that were compared
	markSettled  = "look.settled"  // settle index and hash of the newest receipt, and the life of the node in which it came
)

// marksOf reads the marks, and when the oldest of them was set.
func marksOf(ctx context.Context, q sqlx.QueryerContext) (all map[string]string, at int64, err error) {
	var rows []struct {
		Name, Value string
		At          int64
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `SELECT name, value, at FROM node_cursor WHERE name LIKE 'look.%' ORDER BY at`); err != nil {
		return nil, 0, fmt.Errorf("audit: marks: %w", err)
	}
	all = map[string]string{}
	for _, r := range rows {
		all[r.Name] = r.Value
	}
	if len(rows) > 0 {
		at = rows[0].At
	}
	return all, at, nil
}

// paidMark reads markPaid; zero if it was never set.
func paidMark(text string) (index uint64, hash string) {
	number, hash, _ := strings.Cut(text, " ")
	index, _ = strconv.ParseUint(number, 10, 64)
	return index, hash
}

// Keep writes down what a report says of payments, for all gateways: what
// stops them, what does not any more, and how far was looked. Money and
// orders are not touched. False if nothing stops payments.
func (r *Report) Keep(ctx context.Context, tx *db.Tx) (stopped bool, err error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range r.causes {
		if _, err := freeze.Payments(ctx, tx, c); err != nil {
			return false, err
		}
	}
	for _, ref := range r.before {
		if _, err := freeze.Expect(ctx, tx, ref, "the first look"); err != nil { // what stops payments already goes on to
			return false, err
		}
	}
	for name, value := range r.marks {
		if err := cursor.Set(ctx, tx, name, value, now); err != nil {
			return false, err
		}
	}
	for _, c := range r.passed { // with the marks, which name the node from now on
		if err := freeze.Past(ctx, tx, c); err != nil {
			return false, err
		}
	}
	open, err := freeze.Causes(ctx, tx)
	if err != nil {
		return false, err
	}
	stopped = len(open) > 0
	for _, c := range open {
		if r.known(c) || !r.over(c) {
			continue
		}
		if _, err := freeze.Clear(ctx, tx, c); err != nil {
			return false, err
		}
	}
	if stopped {
		stopped, err = freeze.Stopped(ctx, tx)
	}
	return stopped, err
}

// over reports whether what this look did not find is over. What came up since the look
// began, it may not have seen.
func (r *Report) over(c freeze.Cause) bool {
	switch {
	case !slices.ContainsFunc(r.clearing, c.Is):
		return false
	case c.Reason == freeze.Books:
		return true
	case c.Reason == freeze.OtherNode: // the known one answered
		return slices.ContainsFunc(r.back, func(name string) bool { return strings.HasPrefix(c.Ref, name) })
	}
	return r.whole
}
