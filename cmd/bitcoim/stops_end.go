package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// end says what ends a cause that stops payments, wherever that is told: of a thing found
// by one fact it is not what ends another.
func end(ctx context.Context, q sqlx.QueryerContext, c freeze.Cause) (string, error) {
	const over = "it is over when an audit finds it no more"
	switch {
	case !c.Declarable(), c.Reason == freeze.Earlier: // which says how it is booked
		return over, nil
	case c.Reason == freeze.Uncredited: // the gateway never credits what is declared
		return over + "; if you settle it with the user yourself, before that: " + declaration(c.Ref), nil
	case c.ClearsItself():
		return over + "; " + declaring(c.Ref), nil
	}
	return ending(ctx, q, c.Ref)
}

// ending says what an operator does about what stops payments, by its name. What the
// books have an order for is that order's, and is not declared.
func ending(ctx context.Context, q sqlx.QueryerContext, ref string) (string, error) {
	all, err := paymentorder.ByHash(ctx, q, ref)
	if err != nil {
		return "", err
	}
	for _, o := range all {
		switch {
		case o.Internal():
		case o.State == paymentorder.Held:
			return fmt.Sprintf("order %d pays it, and is held: bitcoim order release %d REASON asks the node, and shows the line that books it", o.ID, o.ID), nil
		case o.State == paymentorder.Stuck:
			return fmt.Sprintf("order %d pays it, and is stuck: it is over when that is booked", o.ID), nil
		case o.State == paymentorder.New:
			return fmt.Sprintf("order %d pays it, and waits for its payer's code: look again when it is confirmed, or expired", o.ID), nil
		}
	}
	return endingSent(ctx, q, ref)
}

// endingSent says what an operator does about a transaction that no order made. It may be
// that of an order that pays the same, and has not begun, or has ended.
func endingSent(ctx context.Context, q sqlx.QueryerContext, txid string) (string, error) {
	all, err := freeze.Causes(ctx, q)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(c freeze.Cause) bool { return c.Ref == txid && c.Reason == freeze.Spent })
	if i < 0 {
		return declaring(txid), nil
	}
	orders, err := paymentorder.For(ctx, q, all[i])
	if err != nil {
		return "", err
	}
	if says := unbooked(txid, orders); says != declaring(txid) {
		return says, nil
	}
	ended, err := paymentorder.EndedFor(ctx, q, all[i])
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, o := range ended {
		fmt.Fprintf(&text, "order %d was for just that, and is %s: if it was sent all the same, its payer has that money, too: settle it with them; ", o.ID, o.State)
	}
	return text.String() + declaring(txid), nil
}

// unbooked says what an operator does about a transaction that may be that of an order: it
// is not declared as long as the order may yet be sent, or it would be paid twice.
func unbooked(txid string, orders []paymentorder.Order) string {
	for _, o := range orders {
		switch o.State {
		case paymentorder.Held:
			return fmt.Sprintf("order %d pays just that, and is held: book it: bitcoim order book %d %s REASON; if the transaction was something else, "+
				"first give the order's money back, and its payer may order it again: bitcoim order release -i-have-checked %d REASON", o.ID, o.ID, txid, o.ID)
		case paymentorder.New:
			return fmt.Sprintf("order %d pays just that, and waits for its payer's code: look again when it is confirmed, or has expired, at %s",
				o.ID, time.Unix(o.Expires, 0).UTC().Format(time.DateTime))
		}
	}
	return declaring(txid)
}

// declaring is what an operator says when he knows what something was. Of another wallet
// or node he knows that, too, who mistyped its name: he is asked for the money.
func declaring(ref string) string {
	known := "you know what it was"
	if freeze.Changeover(ref) {
		known = "you brought all that users own there"
	}
	return "if " + known + ": " + declaration(ref)
}

func declaration(ref string) string { return "bitcoim audit -declare " + ref + " -reason WHY" }
