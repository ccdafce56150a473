package worker

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// lease is how long, in seconds of the database's clock, a claimed order is
// ours. A call to the node lasts at most nodeTime, and begins only while there
// is as much time left, so that two workers do not build or pay the same
// payment. What is stored for the chain is anybody's at once: sending it twice
// does no harm.
const (
	lease    = 60
	nodeTime = 40 * time.Second
)

// late reports whether an order that is in our hand since then may be in
// somebody else's before a call to the node ends.
func late(clock func() time.Time, since time.Time) bool {
	return clock().Sub(since) > lease*time.Second-nodeTime
}

// due reports whether there is an order to claim.
func due(ctx context.Context, d *db.DB, of paymentorder.Kind) (bool, error) {
	now, err := d.Now(ctx)
	if err != nil {
		return false, err
	}
	return paymentorder.Due(ctx, d.Read(), of, now)
}

// claim takes the next order in hand; nil if there is none.
func claim(ctx context.Context, d *db.DB, of paymentorder.Kind) (o *paymentorder.Order, err error) {
	err = d.Tx(ctx, func(tx *db.Tx) (err error) {
		o, err = paymentorder.Claim(ctx, tx, of, lease)
		return err
	})
	return o, err
}

// move changes an order and moves its money, in a transaction that has locked its
// payer; to is the neighbour who is paid, nil for a payment to the outside. Its
// time is from.Now, of the lock. It uses the context that it is given, which may
// go on when that of its maker has ended.
type move func(ctx context.Context, tx *db.Tx, from, to *useraccount.User) error

// holding makes a move with an order that is in our hand. Another one who took it
// meanwhile is a Conflict fault.
func holding(ctx context.Context, d *db.DB, o *paymentorder.Order, m move) error {
	return d.Tx(ctx, func(tx *db.Tx) error { return locked(ctx, tx, o, o.Again, m) })
}

// locked locks who an order is between, reads it anew by what is handed in, and
// makes the move.
func locked(ctx context.Context, tx *db.Tx, o *paymentorder.Order, read func(context.Context, *db.Tx) error, m move) error {
	other := o.User
	if o.Internal() {
		other = o.ToUser.V
	}
	from, to, err := useraccount.LockBoth(ctx, tx, o.User, other)
	if err != nil {
		return err
	}
	if !o.Internal() {
		to = nil
	}
	if err := read(ctx, tx); err != nil {
		return err
	}
	return m(ctx, tx, from, to)
}

// stuckPause is after how many seconds an order that is stuck is looked at again.
const stuckPause = 600

// contradicted leaves an order to the operator, and looks again now and then:
// what contradicts it may pass.
func contradicted(ctx context.Context, d *db.DB, o *paymentorder.Order) error {
	ctx = context.WithoutCancel(ctx)
	return d.Tx(ctx, func(tx *db.Tx) error {
		if err := o.Again(ctx, tx); err != nil {
			return err
		}
		due, err := in(ctx, tx, stuckPause)
		if err != nil {
			return err
		}
		return o.MarkConflicted(ctx, tx, due)
	})
}

// in is the time so many seconds from now.
func in(ctx context.Context, tx *db.Tx, seconds int64) (int64, error) {
	now, err := tx.Now(ctx)
	return now + seconds, err
}

// later lets an order go for so many seconds.
func later(ctx context.Context, d *db.DB, o *paymentorder.Order, seconds int64) error {
	ctx = context.WithoutCancel(ctx)
	return d.Tx(ctx, func(tx *db.Tx) error {
		due, err := in(ctx, tx, seconds)
		if err != nil {
			return err
		}
		return o.Later(ctx, tx, due)
	})
}
