package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// errNoID is of what is declared ahead and could never be found by that name.
var errNoID = errors.New("that is no id of a transaction and no payment hash, which are 64 digits, 0-9 and a-f")

// errFound is of what is declared ahead, and was found: the operator has not seen what.
var errFound = errors.New("it stops payments now: look what it is, and declare it without -ahead")

// errCredited is of a receipt that was credited since it was found that it is not: whoever
// declared it would settle it with the user besides.
var errCredited = errors.New("it is credited by now: there is nothing to settle, and it is over at the next audit of everything")

// declare is an operator's word about something that stops payments, or, ahead,
// about a transaction or payment that would. It is recorded who said it and why.
// A name that nothing has is refused, for a slip of the pen would do nothing now and
// may let something else pass later.
func declare(ctx context.Context, p *program, d *db.DB, ref, reason string, ahead bool) error {
	if ahead && !isID(ref) {
		return fmt.Errorf("%w: %q", errNoID, ref)
	}
	var lifted []freeze.Cause
	err := d.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if ahead {
			expected, err := freeze.Expect(ctx, tx, ref, operator())
			if err != nil || !expected {
				return cmp.Or(err, fmt.Errorf("%s: %w", ref, errFound))
			}
		} else if lifted, err = freeze.Acknowledge(ctx, tx, ref, operator()); err != nil {
			return err
		}
		if err := uncredited(ctx, tx, lifted); err != nil {
			return err
		}
		if err := unsent(ctx, tx, lifted, now); err != nil {
			return err
		}
		return useraccount.Record(ctx, tx, operator(), "declare", ref, reason, now)
	})
	if errors.Is(err, freeze.ErrUnknown) {
		return fmt.Errorf("%w; %w", err, known(ctx, d))
	}
	if err != nil {
		return err
	}
	switch {
	case ahead:
		fmt.Fprintf(p.out, "%s will not stop payments when it is found\n", ref)
	case len(lifted) > 0:
		for _, c := range lifted {
			fmt.Fprintf(p.out, "%s stops payments no more: %s\n", ref, c.What)
		}
	default:
		fmt.Fprintf(p.out, "%s was declared before, and stops nothing\n", ref)
	}
	return errors.Join(sayStopped(ctx, p.out, d), tellStuck(ctx, p.out, d))
}

// inSmall is the name of a transaction, of its output or of a payment hash as the books have
// it, in small letters; any other name as it is.
func inSmall(ref string) string {
	id, _, _ := strings.Cut(ref, ":")
	if isID(strings.ToLower(id)) {
		return strings.ToLower(ref)
	}
	return ref
}

// isID reports whether a name is that of a transaction or of a payment hash.
func isID(ref string) bool {
	id, err := hex.DecodeString(ref)
	return err == nil && len(id) == 32 && strings.ToLower(ref) == ref
}

// errSent is of a transaction that is declared ahead, and was sent. Nobody has compared yet
// whether it is that of an order, which would be paid once more.
var errSent = errors.New("the wallet has sent it already: look what it is (bitcoim audit -world), and declare it without -ahead")

// unseen is errSent if the wallet has sent what is declared ahead. If the node does not say,
// nobody knows.
func unseen(ctx context.Context, c config.Config, ref string) error {
	if !isID(ref) {
		return fmt.Errorf("%w: %q", errNoID, ref)
	}
	node, err := openChain(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = node.Close() }()
	return unseenBy(ctx, node, ref)
}

// unseenBy asks the node whether its wallet sent a transaction, and believes a no only of a
// wallet that has read the whole chain: asked last, for it may have begun to read again.
func unseenBy(ctx context.Context, node chain.Node, ref string) error {
	_, _, err := node.Spent(ctx, ref)
	if err == nil {
		return fmt.Errorf("%s: %w", ref, errSent)
	}
	if errors.Is(err, chain.ErrNotSent) {
		if _, err = chain.InStep(ctx, node); err == nil {
			err = chain.HasRead(ctx, node)
		}
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("whether the wallet has sent it already is not known: %w", err)
}

// uncredited is errCredited if one of what is declared to be credited by nobody is
// credited. It is asked after the declaration, which whoever books a receipt asks for last.
func uncredited(ctx context.Context, tx *db.Tx, lifted []freeze.Cause) error {
	for _, c := range lifted {
		if c.Reason != freeze.Uncredited {
			continue
		}
		if is, err := invoice.HasCredit(ctx, tx, c.Ref); err != nil || is {
			return cmp.Or(err, fmt.Errorf("%s: %w", c.Ref, errCredited))
		}
	}
	return nil
}

// unsent is an error if an order that may yet be sent pays what one of the transactions
// paid that are declared: payments would go on, and it would be paid twice. One whose code
// has run out is never sent.
func unsent(ctx context.Context, tx *db.Tx, lifted []freeze.Cause, now int64) error {
	for _, c := range lifted {
		if c.Reason != freeze.Spent {
			continue
		}
		orders, err := paymentorder.For(ctx, tx, c)
		if err != nil {
			return err
		}
		orders = slices.DeleteFunc(orders, func(o paymentorder.Order) bool {
			return o.State != paymentorder.Held && (o.State != paymentorder.New || o.Expires <= now)
		})
		if len(orders) > 0 {
			return fmt.Errorf("%s is not declared: %s", c.Ref, unbooked(c.Ref, orders))
		}
	}
	return nil
}

// known says, as an error, what there is to declare.
func known(ctx context.Context, d *db.DB) error {
	all, err := freeze.Causes(ctx, d.Read())
	if err != nil {
		return err
	}
	var refs []string
	for _, c := range all {
		if c.Declarable() && !slices.Contains(refs, c.Ref) {
			refs = append(refs, c.Ref)
		}
	}
	if len(refs) == 0 {
		return errors.New("there is nothing to declare now")
	}
	return fmt.Errorf("what can be declared: %s", strings.Join(refs, ", "))
}
