package audit

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// ends reports whether something that stopped payments when this look began, and which it
// did not find, is over. What is not goes on to stop them, and the report says so.
func (r *Report) ends(c freeze.Cause) bool { return r.takes(turnOf(c)) && r.over(c) }

// over reports whether what this look did not find is over, if the look has the last word of
// it (takes). It is over if this look asked the node of which it was found. Only a look at
// everything asks about what is long past.
func (r *Report) over(c freeze.Cause) bool {
	switch c.Reason {
	case freeze.Books:
		return r.wholeBooks // what is new says nothing of what was wrong before
	case freeze.OtherNode: // the known one answered
		return slices.ContainsFunc(r.knownPrefixes, func(name string) bool { return strings.HasPrefix(c.Ref, name) })
	case freeze.Paid, freeze.Spent:
		return slices.ContainsFunc(r.explained, c.Is)
	}
	if !r.whole {
		return false
	}
	switch c.Reason {
	case freeze.Unmined, freeze.Unburied:
		return !r.keys.Another(c.Node)
	case freeze.Unmade, freeze.Earlier, freeze.Uncredited, freeze.Miscredited, freeze.Unreceived:
		return c.Node == r.peer
	}
	if c.Ref == ruleOwed {
		return r.owedIsThere
	}
	return true // also of a journal, which says all of it at each look; another node has none
}

// explain finds the payments without an order that have one now: an operator booked it,
// and the node says that this is the payment which it made.
func (l *look) explain(ctx context.Context, node lightning.Node) error {
	for _, c := range l.clearing {
		if c.Reason != freeze.Paid || c.Node != l.peer {
			continue
		}
		h, err := lightning.ParseHash(c.Ref)
		if err != nil { // the name of nothing that a node could be asked for
			continue
		}
		made, err := node.Find(ctx, h)
		if errors.Is(err, lightning.ErrNoProof) {
			continue
		}
		if err != nil {
			return err
		}
		orders, err := paymentorder.ByHash(ctx, l.q, c.Ref)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(orders, func(o paymentorder.Order) bool {
			return o.State == paymentorder.Done && l.about(o) && o.Proves(made)
		}) {
			l.explained = append(l.explained, c)
		}
	}
	return nil
}
