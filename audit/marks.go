package audit

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/deposit"
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
