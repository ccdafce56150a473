package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/failpoint"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

var errPanic = errors.New("worker: panic")

// Pay takes confirmed orders to the chain and sees them buried.
type Pay struct {
	DB    *db.DB
	Chain chain.Node
	Clock func() time.Time // of this machine; it measures for how long an order is in our hand, and decides nothing else
	Log   *slog.Logger
	Poll  time.Duration // between two looks at a payment under way
	Final int64         // confirmations after which a payment is done
	// Frozen stops new payments besides what is in the database: this gateway
	// has not looked at the nodes yet.
	Frozen *atomic.Bool
	Wake   func() // there are notices
	// Stored hears of a transaction that is written down, before our own node
	// does: whoever announces it then is known not to have it from there alone.
	Stored func(context.Context, *paymentorder.Order)
}

// fundTries is how often we wait for coins of the wallet to confirm, or for a
// lock that nobody needs any more to end, before an order that cannot be funded
// is given up. We wait longer than LND leases coins to what was never stored.
const (
	fundTries = 12
	fundPause = 4 // times the usual pause
)

// Step claims one order and does the next thing for it. The claim is
// committed before we speak to the node, and an error from the node means
// that we do not know, never that nothing happened.
func (p *Pay) Step(ctx context.Context) (bool, error) {
	if due, err := due(ctx, p.DB, paymentorder.OnChain); err != nil || !due {
		return false, cmp.Or(err, ErrIdle)
	}
	since := p.Clock()
	o, err := claim(ctx, p.DB, paymentorder.OnChain)
	if err != nil || o == nil {
		return false, cmp.Or(err, ErrIdle)
	}
	failpoint.At("order.claimed")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), nodeTime) // what we begin, we write down
	defer cancel()
	fresh := first(o)
	switch o.State {
	case paymentorder.Held:
		err = p.build(ctx, o, since)
	case paymentorder.Sending:
		err = p.broadcast(ctx, o)
	default:
		err = p.look(ctx, o)
	}
	if fresh {
		err = errors.Join(err, p.mention(ctx, o, err))
	}
	if fault.Is(err, fault.Conflict) {
		return true, nil // another instance was faster
	}
	if err != nil {
		return true, fmt.Errorf("order %d (%s): %w", o.ID, o.State, err)
	}
	return true, nil
}

// pause is how many seconds later an order is looked at again.
func (p *Pay) pause() int64 { return max(1, int64(p.Poll/time.Second)) }

func (p *Pay) later(ctx context.Context, o *paymentorder.Order) error {
	return later(ctx, p.DB, o, p.pause())
}

// build funds and signs; nothing leaves us before it is stored.
func (p *Pay) build(ctx context.Context, o *paymentorder.Order, since time.Time) error {
	if on, err := frozen(ctx, p.DB.Read(), p.Frozen); err != nil || on {
		return errors.Join(err, p.later(ctx, o))
	}
	if refused, err := p.suspended(ctx, o); err != nil || refused {
		return err
	}
	if err := p.relock(ctx); err != nil {
		return errors.Join(err, p.later(ctx, o))
	}
	if late(p.Clock, since) {
		return p.later(ctx, o)
	}
	outs := []chain.Output{{Address: o.ToAddress.String, Amount: o.Amount}}
	signed, err := p.Chain.Prepare(ctx, outs, chain.FeeRate(o.FeeRate), o.FeeLimit)
	switch {
	case errors.Is(err, chain.ErrFeeTooHigh):
		return p.fail(ctx, o, "order.failed-fee")
	case errors.Is(err, chain.ErrDust), errors.Is(err, chain.ErrBadAddress):
		return p.fail(ctx, o, "order.failed-refused")
	case errors.Is(err, chain.ErrNoFunds) && o.Tries >= fundTries:
		return p.fail(ctx, o, "order.failed-funds")
	case errors.Is(err, chain.ErrNoFunds):
		return errors.Join(err, later(ctx, p.DB, o, fundPause*p.pause()))
	case err != nil:
		return errors.Join(err, p.later(ctx, o))
	}
	failpoint.At("order.signed")
	_, key, err := deposit.Ours(ctx, p.DB.Read(), p.Chain) // after the answer that it is about
	if err != nil {
		return errors.Join(err, p.Chain.Release(context.WithoutCancel(ctx), signed), p.later(ctx, o))
	}
	err = p.store(ctx, o, signed, key)
	if err != nil {
		if errors.Is(err, db.ErrUnknown) {
			return err // stored or not: the next claim sees it
		}
		err = errors.Join(err, p.Chain.Release(context.WithoutCancel(ctx), signed)) // also when our time is up
		switch {
		case errors.Is(err, freeze.ErrStopped):
			return p.later(ctx, o)
		case !errors.Is(err, errSuspended):
			return err
		}
		_, err2 := p.suspended(context.WithoutCancel(ctx), o)
		return err2
	}
	failpoint.At("order.stored")
	if p.Stored != nil {
		p.Stored(ctx, o)
	}
	// The lock of a prepared transaction is short; that of a stored one lasts.
	if err := p.Chain.Hold(ctx, signed); err != nil {
		p.Log.Warn("the coins of a stored payment could not be locked for long", "order", o.ID, "err", err)
	}
	return p.broadcast(ctx, o)
}

// errSuspended undoes the storing of a payment whose payer may not send.
var errSuspended = errors.New("worker: the payer is suspended")

// store writes the signed transaction down, with the key of the wallet that signed
// it, unless its payer was suspended since the order was confirmed.
func (p *Pay) store(ctx context.Context, o *paymentorder.Order, signed chain.Prepared, key string) error {
	return holding(ctx, p.DB, o, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		if u.Suspended {
			return errSuspended
		}
		o.Node = key
		if err := o.Store(ctx, tx, signed, u.Now); err != nil {
			return err
		}
		return stopped(ctx, tx, p.Frozen)
	})
}

// suspended gives the money back to a payer who may not send any more, as soon as payments
// are not stopped, and reports whether the payer may not.
func (p *Pay) suspended(ctx context.Context, o *paymentorder.Order) (bool, error) {
	const reason = "order.failed-suspended"
	err := p.tell(ctx, o, reason, true, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		if !u.Suspended {
			return errNotSuspended
		}
		return failUnbegun(ctx, tx, u, o, reason, p.Frozen)
	})
	switch {
	case errors.Is(err, errNotSuspended):
		return false, nil
	case errors.Is(err, freeze.ErrStopped):
		return true, p.later(ctx, o)
	}
	return err == nil, err
}

var errNotSuspended = errors.New("worker: the payer may send")

// relock keeps the coins of stored transactions from being spent by another
// one: a node may forget its locks when it restarts.
func (p *Pay) relock(ctx context.Context) error {
	stored, err := paymentorder.Stored(ctx, p.DB.Read())
	if err != nil {
		return err
	}
	for _, o := range stored {
		if o.State != paymentorder.Sending {
			continue // the wallet knows the transaction and its coins
		}
		signed, err := o.Effect(ctx, p.DB.Read())
		if err != nil {
			return err
		}
		// Refused: the coins are spent, by this transaction or another. Nothing is left to lock.
		if err := p.Chain.Hold(ctx, signed); err != nil && !errors.Is(err, chain.ErrRefused) {
			return fmt.Errorf("order %d: lock its coins again: %w", o.ID, err)
		}
	}
	return nil
}

// broadcast hands the stored transaction over; it may be done again and again.
func (p *Pay) broadcast(ctx context.Context, o *paymentorder.Order) error {
	signed, err := o.Effect(ctx, p.DB.Read())
	if err != nil {
		return err
	}
	err = p.Chain.Broadcast(ctx, signed)
	failpoint.At("order.broadcast")
	if errors.Is(err, chain.ErrRefused) {
		return errors.Join(err, p.look(ctx, o))
	}
	if err != nil {
		return errors.Join(err, p.later(ctx, o))
	}
	return p.tell(ctx, o, "order.sent", false, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		return o.Broadcasted(ctx, tx, u.Now+p.pause())
	})
}

// look asks what became of the transaction and books it.
func (p *Pay) look(ctx context.Context, o *paymentorder.Order) error {
	s, err := p.Chain.Tx(ctx, o.TxID)
	if err != nil {
		return errors.Join(err, p.later(ctx, o))
	}
	switch {
	case s.State == chain.Confirmed && o.State == paymentorder.Confirming:
		return p.deeper(ctx, o, s.Confirmations)
	case s.State == chain.Confirmed:
		return p.tell(ctx, o, "order.mined", true, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
			defer failpoint.At("order.mined")
			return o.Mined(ctx, tx, u, s.Confirmations, u.Now+p.pause(), u.Now)
		})
	case o.State == paymentorder.Confirming:
		if counts, err := maySayNo(ctx, p.DB, p.Chain, o); err != nil || !counts {
			return errors.Join(err, p.later(ctx, o))
		}
		p.Log.Warn("a reorganisation took a payment back", "order", o.ID, "txid", o.TxID)
		return p.tell(ctx, o, "order.unmined", true, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
			return o.Unmined(ctx, tx, u, u.Now, u.Now)
		})
	case s.State == chain.Conflicted:
		return p.stuck(ctx, o)
	case s.State == chain.Unknown || o.Tries%60 == 0: // a mempool forgets
		signed, err := o.Effect(ctx, p.DB.Read())
		if err != nil {
			return err
		}
		var rooted bool
		var unsure error // whether it is: that keeps nothing from being sent
		if s.State == chain.Unknown {
			rooted, unsure = chain.Rooted(ctx, p.Chain, signed)
		}
		err = p.Chain.Broadcast(ctx, signed)
		if rooted && errors.Is(err, chain.ErrRefused) { // LND never says that it is contradicted
			return errors.Join(err, p.stuck(ctx, o))
		}
		if err != nil {
			return errors.Join(err, unsure, p.later(ctx, o))
		}
	}
	if o.State == paymentorder.Stuck {
		return p.change(ctx, o, func(tx *db.Tx, now int64) error { return o.Broadcasted(ctx, tx, now+p.pause()) })
	}
	return p.later(ctx, o)
}

// stuck leaves a payment to the operator, and looks again now and then: what
// contradicts it may be taken back by a reorganisation.
func (p *Pay) stuck(ctx context.Context, o *paymentorder.Order) error {
	if counts, err := maySayNo(ctx, p.DB, p.Chain, o); err != nil || !counts {
		return errors.Join(err, p.later(ctx, o))
	}
	p.Log.Error("the chain contradicts a payment; its money stays held", "order", o.ID, "txid", o.TxID)
	return contradicted(ctx, p.DB, o)
}

func (p *Pay) deeper(ctx context.Context, o *paymentorder.Order, confirmations int64) error {
	return p.change(ctx, o, func(tx *db.Tx, now int64) error {
		return o.Deeper(ctx, tx, confirmations, p.Final, now+p.pause(), now)
	})
}
