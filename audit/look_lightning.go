package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// node sees to it that the Lightning node is the one of the last look.
func (l *look) node(ctx context.Context, node lightning.Node) error {
	info, err := node.Info(ctx)
	if err != nil {
		return err
	}
	forgot, err := freeze.Forgot(ctx, l.q)
	if err != nil {
		return err
	}
	if l.forgotAt, err = freeze.ForgotAt(ctx, l.q); err != nil {
		return err
	}
	l.asked, l.peer = true, info.PubKey
	l.life = invoice.Life(info.PubKey, forgot)
	if info.PubKey == "" {
		return nil
	}
	if was, met := l.was[markNode]; met && was != info.PubKey {
		c := freeze.Cause{Ref: freeze.RefNode + info.PubKey, Reason: freeze.OtherNode,
			What: "the Lightning node is not " + was + " any more: correct the configuration; if you went over to it, declare it"}
		if err := l.other(ctx, c); err != nil {
			return err
		}
		l.changeovers = append(l.changeovers, c)
		delete(l.was, markPaid)
		delete(l.was, markOpen)
	}
	l.knownPrefixes = append(l.knownPrefixes, freeze.RefNode)
	l.marks[markNode] = info.PubKey
	return nil
}

// about reports whether the node is to say what became of an order: it began there, or
// nowhere. What another node did, the one before this, is none of its business.
func (l *look) about(o paymentorder.Order) bool { return !o.Begun.Valid || o.Node == l.peer }

// forgot reports whether the node need not know the payment of an order: it began before
// an operator said that the node has forgotten what it showed.
func (l *look) forgot(o paymentorder.Order) bool { return o.Begun.Valid && o.Begun.Int64 <= l.forgotAt }

// made finds the payments of the node that no order asked for: among those
// that are new, and those that had not ended at the last look.
func (l *look) made(ctx context.Context, node lightning.Node) error {
	text, met := l.was[markPaid]
	index, hash := paidMark(text)
	if met && index > 0 && hash != "" {
		there, err := remembers(ctx, node, index, hash)
		if err != nil {
			return err
		}
		if !there {
			err := l.other(ctx, freeze.Cause{Ref: freeze.RefPayments + fmt.Sprintf("%d:%.8s", index, hash), Reason: freeze.Restored,
				What: fmt.Sprintf("the Lightning node has forgotten payment %d, %s; it was set back, or its payments were deleted", index, hash)})
			if err != nil {
				return err
			}
			met, index, hash = false, 0, ""
		}
	}
	open, err := l.stillOpen(ctx, node)
	if err != nil {
		return err
	}
	for {
		all, next, err := node.Paid(ctx, index, page)
		if err != nil {
			return err
		}
		for _, p := range all {
			ordered, err := l.oneMade(ctx, node, p, met)
			if err != nil {
				return err
			}
			hash = p.Hash.String()
			if ordered && p.State == lightning.InFlight {
				open[hash] = true
			}
		}
		if next == index {
			break
		}
		index = next
	}
	l.marks[markPaid] = fmt.Sprintf("%d %s", index, hash)
	l.marks[markOpen] = strings.Join(slices.Sorted(maps.Keys(open)), " ")
	return nil
}

// stillOpen asks again about the payments that had not ended at the last look,
// for no list from the mark on has them, and an order that gave its money back
// meanwhile asks no more. It returns those that have not ended yet.
func (l *look) stillOpen(ctx context.Context, node lightning.Node) (map[string]bool, error) {
	open := map[string]bool{}
	for _, hash := range strings.Fields(l.was[markOpen]) {
		h, err := lightning.ParseHash(hash)
		if err != nil {
			return nil, err
		}
		p, err := node.Find(ctx, h)
		switch {
		case errors.Is(err, lightning.ErrNoProof): // yet
			open[hash] = true
			continue
		case err != nil:
			return nil, err
		case p.State == lightning.InFlight:
			open[hash] = true
		}
		if _, err := l.oneMade(ctx, node, p, true); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// remembers reports whether the node still has the payment of a mark. What
// failed and was tried again has another index.
func remembers(ctx context.Context, node lightning.Node, index uint64, hash string) (bool, error) {
	all, _, err := node.Paid(ctx, index-1, 1)
	if err != nil || len(all) > 0 && all[0].Hash.String() == hash {
		return err == nil, err
	}
	h, err := lightning.ParseHash(hash)
	if err != nil {
		return false, nil
	}
	o, err := node.Find(ctx, h)
	return o.State != lightning.NotFound, err
}

// oneMade compares a payment of the node with its orders for the hash. False if
// there is none, or the payment is older than all that was ordered.
func (l *look) oneMade(ctx context.Context, node lightning.Node, p lightning.Outcome, met bool) (ordered bool, err error) {
	if p.State != lightning.InFlight && p.State != lightning.Succeeded {
		return false, nil
	}
	hash := p.Hash.String()
	orders, err := paymentorder.ByHash(ctx, l.q, hash)
	if err != nil {
		return false, err
	}
	orders = slices.DeleteFunc(orders, func(o paymentorder.Order) bool { return !l.about(o) })
	ordered = len(orders) > 0
	var back *paymentorder.Order
	for _, o := range orders {
		switch o.State {
		case paymentorder.Sending, paymentorder.InFlight, paymentorder.Stuck:
			return ordered, nil
		case paymentorder.Done:
			if p.State == lightning.InFlight || o.Proves(p) {
				return ordered, nil
			}
		case paymentorder.Failed:
			back = &o
		}
	}
	switch {
	case back != nil:
		now, err := node.Find(ctx, p.Hash)
		switch {
		case errors.Is(err, lightning.ErrNoProof): // the operator knew that when he gave the money back
			return ordered, nil
		case err != nil || now.State == lightning.Failed || now.State == lightning.NotFound: // between the two questions
			return ordered, err
		}
		_, err = l.found(ctx, freeze.Cause{Ref: hash, Reason: freeze.Proof,
			What: fmt.Sprintf("it was or may yet be made, and the payer of %s has the money back", back.Ref())})
		return ordered, err
	case p.Self:
		l.note(fmt.Sprintf("the node moved its own coins between channels: %s, %s", hash, sats(p.Amount)))
		return ordered, nil
	case !met && l.old(unix(p)):
		return false, nil
	}
	_, err = l.found(ctx, freeze.Cause{Ref: hash, Reason: freeze.Paid, Node: l.peer,
		What: fmt.Sprintf("%s were paid over Lightning, or are on their way, and %s", sats(p.Amount), doer(orders))})
	return ordered, err
}

// doer says which of the orders for what left and is not on the books may yet be
// confirmed or begin: it is the one that was paid, if the books are an older copy.
func doer(orders []paymentorder.Order) string {
	for _, o := range orders {
		if o.State == paymentorder.Held || o.State == paymentorder.New {
			return fmt.Sprintf("order %d, of %s, did not do it: are the books an older copy?", o.ID, sats(o.Amount))
		}
	}
	return "no order did it"
}

func unix(p lightning.Outcome) int64 {
	if p.Begun.IsZero() {
		return 0
	}
	return p.Begun.Unix()
}
