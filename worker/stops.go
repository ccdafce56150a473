package worker

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// stopped is freeze.ErrStopped if payments are stopped. Who begins a payment to the outside
// asks it last in that transaction.
func stopped(ctx context.Context, tx *db.Tx, here *atomic.Bool) error {
	return freeze.Unless(ctx, tx, func(ctx context.Context, q sqlx.QueryerContext) (bool, error) { return frozen(ctx, q, here) })
}

// failUnbegun gives the money of an order back that has not begun, unless payments to the
// outside are stopped, which undoes that by freeze.ErrStopped: whoever stopped them since a
// worker took the order may have found that it was made all the same. No node pays what
// stays inside.
func failUnbegun(ctx context.Context, tx *db.Tx, u *useraccount.User, o *paymentorder.Order, reason string, here *atomic.Bool) error {
	if err := o.Fail(ctx, tx, u, reason, u.Now); err != nil || o.Internal() {
		return err
	}
	return stopped(ctx, tx, here)
}

// hasLooked reports whether this gateway has looked at its nodes since it began.
func hasLooked(here *atomic.Bool) bool { return here == nil || !here.Load() }

// frozen reports whether payments are stopped: by what all instances know, or by
// what only this one saw.
func frozen(ctx context.Context, q sqlx.QueryerContext, here *atomic.Bool) (bool, error) {
	if !hasLooked(here) {
		return true, nil
	}
	return freeze.Stopped(ctx, q)
}

// doubted reports whether a node's word, unless it is a proof, says nothing: this gateway has
// not looked at the nodes yet, or a node is another than before, or was set back, or made
// what was given back or what the books did not begin. No worker pays again, gives back or
// pays inside on such a word.
func doubted(ctx context.Context, q sqlx.QueryerContext, here *atomic.Bool) (bool, error) {
	if !hasLooked(here) {
		return true, nil
	}
	all, err := freeze.Causes(ctx, q)
	return slices.ContainsFunc(all, func(c freeze.Cause) bool {
		return c.Reason == freeze.OtherNode || c.Reason == freeze.Restored || c.Reason == freeze.Proof || c.Reason == freeze.Earlier
	}), err
}
