package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
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
	if id, err := hex.DecodeString(ref); ahead && (err != nil || len(id) != 32 || strings.ToLower(ref) != ref) {
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
