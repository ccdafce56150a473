// Package freeze stops payments to the outside, for all gateways that share a
// database. Whoever finds that the node did what the books do not know writes
// down why; who is about to pay asks in the transaction in which it begins.
package freeze

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Reason is which fact stops payments.
type Reason string

// The facts. What the audit saw passes when the audit does not see it any more;
// everything else stays until an operator says what it was.
const (
	Books     Reason = "books"          // the books do not add up: the audit's alone
	Balance   Reason = "balance"        // the node does not hold or know what the books say: the audit's alone
	Spent     Reason = "spent"          // the wallet sent a transaction that the books do not know
	Paid      Reason = "paid"           // the node made a payment that the books do not know
	Proof     Reason = "proof"          // a payment was proved whose money was given back
	OtherNode Reason = "other-node"     // the node or its wallet is not the one that was looked at before
	Restored  Reason = "node-went-back" // the node has forgotten what it showed before
)

// Cause is one thing that stops payments.
type Cause struct {
	// Ref is what it is about: a transaction's id, a payment hash, "order:7", which
	// an operator can declare, or a rule in words, which nobody can. One Ref stops
	// payments once.
	Ref    string
	Reason Reason
	What   string // for the operator, in words
	Since  int64  // seconds since 1970; set by Payments
}

// Passes reports whether the audit alone decides when the cause is over.
func (c Cause) Passes() bool { return c.Reason == Books || c.Reason == Balance }

// Payments stops payments to the outside, from the commit of the caller's
// transaction on. What an operator has declared does not stop them again, unless
// it is the audit's alone; false if it was that, or stops them already.
func Payments(ctx context.Context, tx *db.Tx, c Cause) (bool, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	ok, err := tx.One(ctx, `
INSERT INTO frozen (ref, reason, what, since) VALUES ($1, $2, $3, $4)
ON CONFLICT (ref) DO UPDATE SET reason = excluded.reason, what = excluded.what, since = excluded.since, lifted = NULL, who = ''
WHERE frozen.lifted IS NOT NULL AND (frozen.who = '' OR excluded.reason IN ('books', 'balance'))`, c.Ref, string(c.Reason), c.What, now)
	if err != nil {
		return false, fmt.Errorf("freeze: %s: %w", c.Ref, err)
	}
	return ok, nil
}

// Causes lists what stops payments now, the oldest first; none is the good
// answer. In a transaction that begins a payment it is asked after Hold.
func Causes(ctx context.Context, q sqlx.QueryerContext) ([]Cause, error) {
	var all []Cause
	err := sqlx.SelectContext(ctx, q, &all, `SELECT ref, reason, what, since FROM frozen WHERE lifted IS NULL ORDER BY since, ref`)
	if err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	return all, nil
}

// On reports whether anything stops payments.
func On(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
	all, err := Causes(ctx, q)
	return len(all) > 0, err
}

// Hold keeps what stops payments as it is until the transaction ends. Who begins a
// payment, or believes a node, holds it last and then asks: whoever stops payments
// finds all that began before, and nothing begins after. SQLite has one writer at a
// time in any case.
func Hold(ctx context.Context, tx *db.Tx) error {
	if tx.Dialect != db.Postgres {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `LOCK TABLE frozen IN SHARE MODE`); err != nil {
		return fmt.Errorf("freeze: %w", err)
	}
	return nil
}

// All reports whether the books themselves do not add up. That stops what stays
// among neighbours, too, and nothing else does: no node decides about it.
func All(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
	all, err := Causes(ctx, q)
	return slices.ContainsFunc(all, func(c Cause) bool { return c.Reason == Books }), err
}

// Declared reports whether an operator has said what a Ref was.
func Declared(ctx context.Context, q sqlx.QueryerContext, ref string) (bool, error) {
	var n int64
	if err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM frozen WHERE ref = $1 AND who <> ''`, ref); err != nil {
		return false, fmt.Errorf("freeze: %s: %w", ref, err)
	}
	return n > 0, nil
}

// ErrRule is the answer to whoever declares a rule of the audit, in words, and no
// transaction, payment or node: it would be off for ever.
var ErrRule = errors.New("freeze: a rule can not be declared; it is over when an audit does not find it broken any more")

// Declare is an operator's word about a Ref: it stops payments no more, also if
// it is found only later. False if it did not stop them.
func Declare(ctx context.Context, tx *db.Tx, ref, who string) (bool, error) {
	if ref == "" || strings.ContainsFunc(ref, unicode.IsSpace) {
		return false, fmt.Errorf("%w: %q", ErrRule, ref)
	}
	return lift(ctx, tx, ref, who)
}

// Over ends a cause that passes by itself.
func Over(ctx context.Context, tx *db.Tx, ref string) (bool, error) {
	return lift(ctx, tx, ref, "")
}

func lift(ctx context.Context, tx *db.Tx, ref, who string) (bool, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	ok, err := tx.One(ctx, `UPDATE frozen SET lifted = $2, who = $3 WHERE ref = $1 AND lifted IS NULL`, ref, now, who)
	if err != nil {
		return false, fmt.Errorf("freeze: %s: %w", ref, err)
	}
	if ok || who == "" {
		return ok, nil
	}
	_, err = tx.ExecContext(ctx, `
INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES ($1, '', '', $2, $2, $3)
ON CONFLICT (ref) DO UPDATE SET who = excluded.who`, ref, now, who)
	if err != nil {
		return false, fmt.Errorf("freeze: %s: %w", ref, err)
	}
	return false, nil
}
