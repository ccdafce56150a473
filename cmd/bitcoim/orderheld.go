package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// giveHeld gives the money of an order back that no gateway has begun by these books.
func giveHeld(ctx context.Context, o *paymentorder.Order, by worker.Operator) error {
	was := *o
	err := by.GiveBack(ctx, o)
	switch {
	case !errors.Is(err, freeze.ErrStopped):
		return err
	case !by.Looked:
		return fmt.Errorf("order %d was confirmed just now: say it again", was.ID)
	}
	txid, err := sentInstead(ctx, by.DB.Read(), was)
	switch {
	case err != nil:
		return err
	case txid != "":
		return fmt.Errorf("order %d may have been paid: transaction %s pays just that, and no order made it: book it: bitcoim order book %d %s REASON; "+
			"if you find out that it was something else, and nobody was paid, say -i-have-checked", was.ID, txid, was.ID, txid)
	}
	return fmt.Errorf("order %d may have been paid: something stopped payments after it was ordered, at %s (bitcoim order list), and the books may be "+
		"an older copy: find out that nobody was paid, and say -i-have-checked", was.ID, at(was.Created))
}

// sentInstead is a transaction that no order made and that pays what an order does; "" if
// none was found. One that was declared meanwhile left the wallet all the same.
func sentInstead(ctx context.Context, q sqlx.QueryerContext, o paymentorder.Order) (string, error) {
	all, err := freeze.Ever(ctx, q, freeze.Spent)
	if err != nil {
		return "", err
	}
	for _, c := range all {
		by, err := paymentorder.ByTx(ctx, q, c.Ref)
		if err != nil {
			return "", err
		}
		if by != nil {
			continue // it was booked
		}
		orders, err := paymentorder.For(ctx, q, c)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(orders, func(p paymentorder.Order) bool { return p.ID == o.ID }) {
			return c.Ref, nil
		}
	}
	return "", nil
}
