package audit

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// peer sees to it that the Lightning node is the one of the last look.
func (l *look) peer(ctx context.Context, node lightning.Node) error {
	info, err := node.Info(ctx)
	if err != nil || info.PubKey == "" {
		return err
	}
	if was, met := l.was[markNode]; met && was != info.PubKey {
		err := l.unless(ctx, freeze.Cause{Ref: "node:" + info.PubKey, Reason: freeze.OtherNode,
			What: "the Lightning node is not " + was + " any more"})
		if err != nil {
			return err
		}
		delete(l.was, markPaid)
	}
	l.marks[markNode] = info.PubKey
	return nil
}

// made finds the payments of the node that no order asked for.
func (l *look) made(ctx context.Context, node lightning.Node) error {
	text, met := l.was[markPaid]
	index, hash := paidMark(text)
	if met && index > 0 {
		there, err := remembers(ctx, node, index, hash)
		if err != nil {
			return err
		}
		if !there {
			err := l.unless(ctx, freeze.Cause{Ref: fmt.Sprintf("payments:%d:%.8s", index, hash), Reason: freeze.Restored,
				What: fmt.Sprintf("the Lightning node has forgotten payment %d, %s; it was set back, or its payments were deleted", index, hash)})
			if err != nil {
				return err
			}
			met, index, hash = false, 0, ""
		}
	}
	for {
		all, next, err := node.Paid(ctx, index, page)
		if err != nil {
			return err
		}
		for _, p := range all {
			if err := l.oneMade(ctx, node, p, met); err != nil {
				return err
			}
			hash = p.Hash.String()
		}
		if next == index || len(all) == 0 {
			break
		}
		index = next
	}
	l.marks[markPaid] = fmt.Sprintf("%d %s", index, hash)
	return nil
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

func (l *look) oneMade(ctx context.Context, node lightning.Node, p lightning.Outcome, met bool) error {
	if p.State != lightning.InFlight && p.State != lightning.Succeeded {
		return nil
	}
	hash := p.Hash.String()
	orders, err := paymentorder.ByHash(ctx, l.q, hash)
	if err != nil {
		return err
	}
	var back *paymentorder.Order
	for _, o := range orders {
		switch o.State {
		case paymentorder.Sending, paymentorder.InFlight, paymentorder.Stuck:
			return nil
		case paymentorder.Done:
			if p.State == lightning.InFlight || o.Proves(p) {
				return nil
			}
		case paymentorder.Failed:
			back = &o
		}
	}
	switch {
	case back != nil:
		// It may have failed between the two questions.
		if now, err := node.Find(ctx, p.Hash); err != nil || now.State == lightning.Failed || now.State == lightning.NotFound {
			return err
		}
		return l.unlessDeclared(ctx, freeze.Cause{Ref: hash, Reason: freeze.Proof,
			What: fmt.Sprintf("it was or may yet be made, and the payer of %s has the money back", back.Ref())})
	case p.Self:
		l.note(fmt.Sprintf("the node moved its own coins between channels: %s, %s", hash, sats(p.Amount)))
		return nil
	case !met && l.old(unix(p)):
		return nil
	}
	return l.unlessDeclared(ctx, freeze.Cause{Ref: hash, Reason: freeze.Paid,
		What: fmt.Sprintf("%s were paid over Lightning, or are on their way, and no order did it", sats(p.Amount))})
}

func unix(p lightning.Outcome) int64 {
	if p.Begun.IsZero() {
		return 0
	}
	return p.Begun.Unix()
}
