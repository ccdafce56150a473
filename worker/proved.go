package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/failpoint"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// ofProof is how a payer hears that a payment was made.
func ofProof(o *paymentorder.Order, out lightning.Outcome) words {
	w := words{phrase: "order.paid-invoice", success: successText(o.Success, out.Preimage)}
	if w.success != "" {
		w.phrase = "order.paid-invoice-success"
	}
	return w
}

// prove books the proof that the node has of a payment and tells its payer, in one
// transaction. It reads the order anew, whoever has it in hand. Ahead of it goes what may
// undo it all, or end it with errUntold and keep what it did.
func (p *Invoices) prove(ctx context.Context, o *paymentorder.Order, out lightning.Outcome, ahead move) error {
	return say(ctx, p.DB, o, ofProof(o, out), o.Reread, func(ctx context.Context, tx *db.Tx, u, payee *useraccount.User) error {
		if err := ahead(ctx, tx, u, payee); err != nil {
			return err
		}
		defer failpoint.At("invoice.proved")
		return o.Proved(ctx, tx, u, out, u.Now)
	})
}

// errFee is a payment that cost more than the node was allowed to spend.
var errFee = errors.New("worker: the node broke its word about a fee")

// proved books a payment that the node has a proof of. A proof is true whoever
// has the order in hand. If the money was given back meanwhile, the books are
// wrong: nothing is paid any more until the operator has looked.
func (p *Invoices) proved(ctx context.Context, o *paymentorder.Order, out lightning.Outcome) error {
	unbooked, foreign, stops := false, false, false
	err := p.prove(ctx, o, out, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		unbooked = o.State == paymentorder.Failed
		foreign = !unbooked && o.State != paymentorder.Done && !o.Proves(out)
		switch {
		case foreign:
			if err := o.MarkConflicted(ctx, tx, u.Now+stuckPause); err != nil {
				return err
			}
			var err error
			stops, err = freeze.Payments(ctx, tx, o.Earlier(out))
			return cmp.Or(err, errUntold)
		case unbooked:
			return unbook(ctx, tx, o)
		case out.Fee > o.FeeLimit:
			return errFee
		}
		return nil
	})
	p.notify(err)
	switch {
	case errors.Is(err, errFee):
		return errors.Join(fmt.Errorf("%w: %d above %d msat", err, out.Fee, o.FeeLimit), p.stuck(ctx, o))
	case err == nil && foreign && stops: // which is said once
		p.Log.Error("the node made a payment that is not the one of the order: no payment begins until the operator has looked",
			"order", o.ID, "hash", o.Hash.String, "msat", int64(out.Amount), "ordered", int64(o.Amount), "attempt", out.Attempt)
	case unbooked:
		p.Log.Error("a payment was made, and its money had been given back: no payment begins until the operator has looked",
			"order", o.ID, "hash", o.Hash.String, "preimage", out.Preimage.Hex(), "msat", int64(out.Amount), "fee", int64(out.Fee))
	}
	return err
}

// unbook stops payments: the node paid for an order whose money was given back.
func unbook(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	_, err := freeze.Payments(ctx, tx, freeze.Cause{Ref: o.Hash.String, Reason: freeze.Proof,
		What: fmt.Sprintf("order %d failed and its money was given back, and then the node paid it", o.ID)})
	return cmp.Or(err, errUntold)
}
