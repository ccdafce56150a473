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

// The facts. The first two are about sums: a later audit that finds them right again
// clears them, and nobody else can. The others are about one thing, and an operator can
// acknowledge them; those of ClearsItself are over without that, too, when an audit
// finds them no more.
const (
	Books     Reason = "books"          // the books do not add up
	Balance   Reason = "balance"        // the node does not hold or know what the books say
	Spent     Reason = "spent"          // the wallet sent a transaction that the books do not know
	Paid      Reason = "paid"           // the node made a payment that the books do not know
	Proof     Reason = "proof"          // a payment was proved whose money was given back
	Earlier   Reason = "made-earlier"   // the node did more for a payment hash than its order began: it made it before, or another amount
	OtherNode Reason = "other-node"     // the node or its wallet is not the one that was looked at before
	Restored  Reason = "node-went-back" // the node has forgotten what it showed before
	Unmade    Reason = "not-made"       // the node does not say of a payment over Lightning that it was made as it is on the books
	Unmined   Reason = "not-mined"      // a transaction on the books is in no block of the best chain
	Unburied  Reason = "coin-not-mined" // a coin that is credited is in no block of the best chain

	Uncredited  Reason = "not-credited"       // the node was paid for a user, who is not credited
	Miscredited Reason = "credited-otherwise" // a user is credited another amount than the node was paid
	Unreceived  Reason = "not-received"       // the node does not know that it was paid what a user is credited
)

// Cause is one thing that stops payments.
type Cause struct {
	// Ref is the name of what it is about: the id of a transaction, a payment hash,
	// "order:7", "wallet:KEY", which an operator can acknowledge; or a rule of the
	// audit in words, which nobody can.
	Ref    string
	Reason Reason // which fact about it; there is one cause of each
	// Node is whose word it is: the public key of the Lightning node, or the key of the
	// wallet; "" of one without a key, and of what is about none. Another one, which was
	// never asked about it, does not say that it is over.
	Node  string
	What  string // for the operator, in words
	Pays  string // of a transaction that no order made: whom it paid, as paymentorder.Pays says
	Since int64  // seconds since 1970; set by Payments
	// Orders is the number of the newest payment order when it was found; set by Payments.
	Orders int64
}

// Is reports whether another cause is the same fact about the same thing.
func (c Cause) Is(other Cause) bool { return c.Ref == other.Ref && c.Reason == other.Reason }

// ClearsItself reports whether the cause is over when an audit does not find it any more.
func (c Cause) ClearsItself() bool {
	switch c.Reason {
	case OtherNode, Unmade, Unmined, Unburied, Earlier, Uncredited, Miscredited, Unreceived:
		return true
	}
	return !c.Declarable()
}

func (c Cause) isBooks() bool { return c.Reason == Books }

// Declarable reports whether an operator can end the cause.
func (c Cause) Declarable() bool { return c.Reason != Books && c.Reason != Balance }

// Payments stops payments to the outside, from the commit of the caller's
// transaction on. False if the cause stops them already, or an operator has
// acknowledged it: this fact, and no other about the same thing. What is not Declarable
// is not acknowledged by anybody's word.
func Payments(ctx context.Context, tx *db.Tx, c Cause) (bool, error) {
	if ok, err := Acknowledged(ctx, tx, c); err != nil || ok {
		return false, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	ok, err := tx.One(ctx, `
INSERT INTO frozen (ref, reason, what, node, pays, since, orders) VALUES ($1, $2, $3, $4, $5, $6, (SELECT COALESCE(MAX(id), 0) FROM payment_order))
ON CONFLICT (ref, reason) DO UPDATE SET what = excluded.what, node = excluded.node, pays = excluded.pays, since = excluded.since, orders = excluded.orders,
    lifted = NULL, who = ''
WHERE frozen.lifted IS NOT NULL AND (frozen.who = '' OR $7)`, c.Ref, string(c.Reason), c.What, c.Node, c.Pays, now, !c.Declarable())
	if err == nil && !ok && c.Pays != "" { // it was found when nobody asked yet whom it paid
		_, err = tx.ExecContext(ctx, `UPDATE frozen SET pays = $3 WHERE ref = $1 AND reason = $2 AND lifted IS NULL AND pays = ''`, c.Ref, string(c.Reason), c.Pays)
	}
	if err != nil {
		return false, fmt.Errorf("freeze: %s: %w", c.Ref, err)
	}
	return ok, nil
}

const causes = `SELECT ref, reason, what, node, pays, since, orders FROM frozen WHERE lifted IS NULL ORDER BY since, ref, reason`

// Causes lists what stops payments now, the oldest first; none is the good
// answer. In a transaction that begins a payment it is asked by Unless.
func Causes(ctx context.Context, q sqlx.QueryerContext) ([]Cause, error) {
	var all []Cause
	err := sqlx.SelectContext(ctx, q, &all, causes)
	if err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	return all, nil
}

// expected is the reason of what was declared before it was found. It stands for what
// an operator does beside the gateway, and for no other fact.
const expected Reason = ""

// Acknowledged reports whether an operator has said what a cause was.
func Acknowledged(ctx context.Context, q sqlx.QueryerContext, c Cause) (bool, error) {
	if !c.Declarable() {
		return false, nil
	}
	ahead := c.Reason
	if ahead == Spent || ahead == Paid {
		ahead = expected
	}
	var n int64
	err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM frozen WHERE ref = $1 AND reason IN ($2, $3) AND who <> ''`,
		c.Ref, string(c.Reason), string(ahead))
	if err != nil {
		return false, fmt.Errorf("freeze: %s: %w", c.Ref, err)
	}
	return n > 0, nil
}

// declared reports whether an operator has said anything about a Ref.
func declared(ctx context.Context, q sqlx.QueryerContext, ref string) (bool, error) {
	var n int64
	if err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM frozen WHERE ref = $1 AND who <> ''`, ref); err != nil {
		return false, fmt.Errorf("freeze: %s: %w", ref, err)
	}
	return n > 0, nil
}

var (
	// ErrRule is the answer to whoever acknowledges a rule of the audit, which is
	// written in words, instead of a transaction, a payment or a node. Nobody would
	// hear of it any more, whatever breaks it next.
	ErrRule = errors.New("freeze: a rule can not be acknowledged; it is over when an audit does not find it broken any more")
	// ErrUnknown is the answer to whoever acknowledges what never stopped payments.
	ErrUnknown = errors.New("nothing of that name stops payments")
)

// Acknowledge is an operator's word about what stops payments, each fact about a Ref
// that was found by now: it stops them no more, and not when it is found again. It returns
// those facts, none if an operator had said so before. ErrUnknown, and nothing is kept, if
// it never stopped them.
func Acknowledge(ctx context.Context, tx *db.Tx, ref, who string) ([]Cause, error) {
	if err := nameable(ref); err != nil {
		return nil, err
	}
	lifted, err := lift(ctx, tx, ref, who)
	if err != nil || len(lifted) > 0 {
		return lifted, err
	}
	known, err := declared(ctx, tx, ref)
	if err == nil && !known {
		err = fmt.Errorf("%w: %q", ErrUnknown, ref)
	}
	return nil, err
}

// Past ends what an operator said of a cause: that was about what has happened by now,
// and found again it stops payments. Who said so stays in the record of what operators did.
func Past(ctx context.Context, tx *db.Tx, c Cause) error {
	_, err := tx.ExecContext(ctx, `UPDATE frozen SET who = '' WHERE ref = $1 AND reason = $2 AND lifted IS NOT NULL`, c.Ref, string(c.Reason))
	if err != nil {
		return fmt.Errorf("freeze: %s: %w", c.Ref, err)
	}
	return nil
}

// Expect acknowledges what was not found yet: it will not stop payments when it is.
// False, and nothing changes, if it stops them now: who has looked acknowledges it.
func Expect(ctx context.Context, tx *db.Tx, ref, who string) (bool, error) {
	if err := nameable(ref); err != nil {
		return false, err
	}
	open, err := Causes(ctx, tx)
	if err != nil || slices.ContainsFunc(open, func(c Cause) bool { return c.Ref == ref }) {
		return false, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `
INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES ($1, '', '', $2, $2, $3)
ON CONFLICT (ref, reason) DO UPDATE SET who = excluded.who`, ref, now, who)
	if err != nil {
		return false, fmt.Errorf("freeze: %s: %w", ref, err)
	}
	return true, nil
}

// nameable is ErrRule of what has blanks in it, as the rules have and no name has.
func nameable(ref string) error {
	if ref == "" || strings.ContainsFunc(ref, unicode.IsSpace) {
		return fmt.Errorf("%w: %q", ErrRule, ref)
	}
	return nil
}

// Clear ends a cause that clears itself: the audit does not find it any more. False
// if it did not stop payments.
func Clear(ctx context.Context, tx *db.Tx, c Cause) (bool, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	ok, err := tx.One(ctx, `UPDATE frozen SET lifted = $3 WHERE ref = $1 AND reason = $2 AND lifted IS NULL`, c.Ref, string(c.Reason), now)
	if err != nil {
		return false, fmt.Errorf("freeze: %s: %w", c.Ref, err)
	}
	return ok, nil
}

// lift ends the open causes of a Ref by an operator's word, and returns them: what is
// found meanwhile is none of them.
func lift(ctx context.Context, tx *db.Tx, ref, who string) (lifted []Cause, err error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	open, err := Causes(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, c := range open {
		if c.Ref != ref {
			continue
		}
		ok, err := tx.One(ctx, `UPDATE frozen SET lifted = $3, who = $4 WHERE ref = $1 AND reason = $2 AND lifted IS NULL`, ref, string(c.Reason), now, who)
		if err != nil {
			return nil, fmt.Errorf("freeze: %s: %w", ref, err)
		}
		if ok {
			lifted = append(lifted, c)
		}
	}
	return lifted, nil
}
