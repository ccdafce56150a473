package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// page is how many items one question to the Lightning node lists.
const page = 1000

// lightning compares the payments with the Lightning node, one by one. The books
// are read first: what ends meanwhile is with the node and not yet with us, and
// is no finding.
func (l *look) lightning(ctx context.Context, node lightning.Node) error {
	if l.whole {
		return l.paid(ctx, node)
	}
	return l.underWay(ctx, node)
}

// paid finds payments that were given back and made, and such as are done and
// were not made.
func (l *look) paid(ctx context.Context, node lightning.Node) error {
	orders, err := paymentorder.Invoices(ctx, l.q)
	if err != nil {
		return err
	}
	// An invoice whose payment failed may be ordered again, and the order that
	// did not fail, older or newer, is the one that counts.
	last := map[string]paymentorder.Order{}
	for _, o := range orders {
		if !l.about(o) {
			continue
		}
		if was, met := last[o.Hash.String]; !met || was.State == paymentorder.Failed {
			last[o.Hash.String] = o
		}
	}
	for from := uint64(0); ; {
		all, next, err := node.Paid(ctx, from, page)
		if err != nil {
			return err
		}
		for _, p := range all {
			hash := p.Hash.String()
			o, ours := last[hash]
			if !ours {
				continue // the operator's own
			}
			delete(last, hash)
			if err := l.compare(ctx, o, p); err != nil {
				return err
			}
		}
		if next == from { // a page of what is not listed any more may be empty
			break
		}
		from = next
	}
	for _, o := range last {
		switch {
		case l.forgot(o):
		case o.State == paymentorder.Done && o.ByHand:
			l.byHand(o, "the node knows nothing of it")
		case o.State == paymentorder.Done:
			if err := l.unmade(ctx, o, "the node knows nothing of it"); err != nil {
				return err
			}
		}
	}
	return nil
}

// justBefore the last look, in seconds, a payment may have ended that it did not
// read.
const justBefore = 600

// underWay asks about the payments whose end is open, and those that are done
// since the last look.
func (l *look) underWay(ctx context.Context, node lightning.Node) error {
	orders, err := paymentorder.OnTheirWay(ctx, l.q, l.at-justBefore)
	if err != nil {
		return err
	}
	for _, o := range orders {
		if !l.about(o) {
			continue
		}
		h, err := lightning.ParseHash(o.Hash.String)
		if err != nil {
			return err
		}
		p, err := node.Find(ctx, h)
		if errors.Is(err, lightning.ErrNoProof) { // which leaves it to the operator
			continue
		}
		if err == nil {
			err = l.compare(ctx, o, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *look) compare(ctx context.Context, o paymentorder.Order, p lightning.Outcome) error {
	l.Payments++
	live := o.State == paymentorder.Held || o.State == paymentorder.Sending || o.State == paymentorder.InFlight || o.State == paymentorder.Stuck
	switch {
	case p.State == lightning.NotFound && l.forgot(o):
	case o.State == paymentorder.Done && (!o.Proves(p) || p.Fee != amount.Msat(o.Fee.Int64)):
		says := fmt.Sprintf("the node says state %d, attempt %d after %d, %d msat instead of %d, fee %d instead of %d",
			p.State, p.Attempt, o.Attempt, p.Amount, o.Amount, p.Fee, o.Fee.Int64)
		if o.ByHand {
			l.byHand(o, says)
			return nil
		}
		return l.unmade(ctx, o, says)
	case o.State == paymentorder.Failed && p.State != lightning.Failed && p.State != lightning.NotFound:
		_, err := l.found(ctx, freeze.Cause{Ref: p.Hash.String(), Reason: freeze.Proof,
			What: fmt.Sprintf("the node says state %d, and the payer of %s has the money back", p.State, o.Ref())})
		return err
	case live && p.State == lightning.Succeeded:
		l.left[o.ID] = p.Amount + p.Fee // the node, not yet the books
	}
	if live && o.State != paymentorder.Held && o.Other(p) {
		_, err := l.found(ctx, o.Earlier(p))
		return err
	}
	return nil
}

// byHand notes of an order that an operator booked where the node differs. That is why
// it was booked by hand: a fee above what was agreed is the operator's, and what a node
// has forgotten he knows from elsewhere.
func (l *look) byHand(o paymentorder.Order, says string) {
	l.note(fmt.Sprintf("order %d was booked by an operator: %s", o.ID, says))
}

// unmade finds a payment that is done and of which the node says another thing.
func (l *look) unmade(ctx context.Context, o paymentorder.Order, says string) error {
	_, err := l.found(ctx, freeze.Cause{Ref: o.Hash.String, Reason: freeze.Unmade, Node: l.peer, What: fmt.Sprintf("%s: %s", o.Ref(), says)})
	return err
}
