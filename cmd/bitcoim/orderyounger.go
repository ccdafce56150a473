package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// orderedBefore is an error if an order was made after a transaction was found that it is
// to be booked with: no books that sent it had that order. Anybody may order what was paid,
// so that it looks as if it were theirs.
func orderedBefore(ctx context.Context, q sqlx.QueryerContext, o *paymentorder.Order, txid string) error {
	all, err := freeze.Ever(ctx, q, freeze.Spent)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(c freeze.Cause) bool { return c.Ref == txid && c.Orders < int64(o.ID) }) {
		return fmt.Errorf("order %d was made after transaction %s was found: it is something else, which you declare; if it is what paid the order all the same, "+
			"say -i-have-checked", o.ID, txid)
	}
	return nil
}
