package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// releaseInvoice gives the money of a Lightning payment back that does not end.
// What the node says of the hash goes before what the operator says: the gateway
// acts on that by itself. No gateway pays meanwhile: the order is in our hand.
func releaseInvoice(ctx context.Context, c config.Config, o *paymentorder.Order, by worker.Operator) error {
	node, err := openLightning(ctx, c, nil)
	if err != nil {
		return err
	}
	switch {
	case node == nil && o.State == paymentorder.Held && by.Checked:
		return giveHeld(ctx, o, by)
	case node == nil && o.State == paymentorder.Held:
		return fmt.Errorf("there is no Lightning node to ask whether it made payment %s before order %d was confirmed: find out, and say -i-have-checked",
			o.Hash.String, o.ID)
	case node == nil:
		return errors.New("there is no Lightning node to ask")
	}
	defer closeLightning(node)
	if o.State == paymentorder.Held {
		return releaseHeld(ctx, node, o, by)
	}
	return releaseAt(ctx, node, o, by)
}

// releaseHeld gives the money of an order back that no gateway has begun. The books may
// be an older copy, which does not know that one had: what the node made under the hash,
// or may yet make, is not given back besides.
func releaseHeld(ctx context.Context, node lightning.Node, o *paymentorder.Order, by worker.Operator) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	out, err := node.Find(ctx, h)
	switch {
	case err != nil && !by.Checked:
		return fmt.Errorf("the node does not say whether it made payment %s before order %d was confirmed: find out, and say -i-have-checked (%w)", h, o.ID, err)
	case err == nil && out.State == lightning.InFlight:
		return onItsWay(o)
	case err == nil && out.State == lightning.Succeeded:
		return notBegun(o, out)
	}
	if !by.Checked { // after the answer that it is about
		if _, err := invoice.Ours(ctx, by.DB.Read(), readable{node}); err != nil {
			return fmt.Errorf("it is not known that payment %s was not made before order %d was confirmed: find out, and say -i-have-checked (%w)", h, o.ID, err)
		}
	}
	return giveHeld(ctx, o, by)
}

// notBegun is the refusal to give back what the node made and the order did not begin:
// whoever ordered it, the payee has the money. What is held and of another amount goes on
// first, and is stuck then.
func notBegun(o *paymentorder.Order, made lightning.Outcome) error {
	how := "book it: " + o.BookingLine(made)
	switch {
	case made.Amount != o.Amount && o.State == paymentorder.Held:
		how = fmt.Sprintf("when its payer has heard of it, let it go on (bitcoim audit -declare %s -reason WHY): no node pays it again, and it is stuck "+
			"until it is booked: %s", made.Hash, o.BookingLine(made))
	case made.Amount != o.Amount:
		how = fmt.Sprintf("order %d is of %s: settle the difference with its payer, and %s", o.ID, inSat(o.Amount), how)
	}
	return fmt.Errorf("the node made payment %s, of %s, and order %d on the books did not begin it: its money is not given back besides; %s",
		made.Hash, inSat(made.Amount), o.ID, how)
}

// releaseAt gives the money of an order back that began at a Lightning node. That the
// payment failed is believed of the node at which it began, and of no other.
func releaseAt(ctx context.Context, node lightning.Node, o *paymentorder.Order, by worker.Operator) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	out, err := node.Find(ctx, h)
	if err != nil && !errors.Is(err, lightning.ErrNoProof) {
		return err
	}
	key, unsaid := keyOf(ctx, node) // after the answer that it is about
	switch {
	case unsaid != nil:
		return unsaid
	case err == nil && out.State == lightning.Failed && o.Counts(out, false) && key == o.Node:
		return releaseFailed(ctx, node, o, by)
	case err == nil && out.State == lightning.InFlight:
		return onItsWay(o)
	case err == nil && out.State == lightning.Succeeded && o.Proves(out):
		return fmt.Errorf("payment %s was made: it is booked by itself, unless its fee of %s is above the %s that were agreed", h, inSat(out.Fee), inSat(o.FeeLimit))
	case err == nil && out.State == lightning.Succeeded:
		return notBegun(o, out)
	case !by.Checked && key != o.Node:
		return fmt.Errorf("payment %s began at the Lightning node %q, and this is %q: find out there that no channel has it, and that none "+
			"ever will, and say -i-have-checked", h, o.Node, key)
	case !by.Checked:
		return fmt.Errorf("the node cannot tell what became of payment %s: find out that no channel has it, and that none ever will, "+
			"and say -i-have-checked", h)
	}
	return by.GiveBack(ctx, o)
}

// releaseFailed is about a payment that failed at the node. A gateway gives its money
// back, and waits with that while another one may yet call the node. An operator who
// knows that no gateway sleeps in the middle of a call need not wait.
func releaseFailed(ctx context.Context, node lightning.Node, o *paymentorder.Order, by worker.Operator) error {
	until, err := worker.CalledUntil(ctx, node, o)
	if err != nil {
		return err
	}
	now, err := by.DB.Now(ctx)
	switch {
	case err != nil:
		return err
	case until < now:
		return fmt.Errorf("payment %s failed: its money comes back by itself", o.Hash.String)
	case !by.Checked:
		return fmt.Errorf("payment %s failed, and %d of %d calls to the node that gateways began have no answer: one may yet have it made, so its money "+
			"comes back after %s; if you know that no gateway stands still in the middle of one, say -i-have-checked",
			o.Hash.String, o.Calls-o.Answered, o.Calls, time.Unix(until, 0).UTC().Format(time.DateTime))
	}
	return by.GiveBack(ctx, o)
}
