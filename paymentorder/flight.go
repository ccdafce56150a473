package paymentorder

import (
	"context"
	"fmt"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Flight bounds what is on its way over Lightning and has not ended: a payee who
// keeps it waiting locks coins and places in channels of the node. Accounts are
// free, so whoever has many of them, at one XMPP server or at several, meets the
// bounds of the domain and of all. A bound of 0 is none.
type Flight struct {
	User, Domain, All Bound
}

// Bound is for payments over Lightning that have not ended.
type Bound struct {
	Payments int
	Amount   amount.Msat // together, with what is set aside for their fees
}

// full reports whether so much more is too much.
func (b Bound) full(has Bound, more amount.Msat) bool {
	return b.Payments > 0 && has.Payments >= b.Payments || b.Amount > 0 && has.Amount+more > b.Amount
}

func (b *Bound) add(m amount.Msat) { b.Payments, b.Amount = b.Payments+1, b.Amount+m }

// mayFly is the fault of a payment that would be too much on its way. The
// account of the Lightning node is locked, so nobody else decides it now. Only
// what is the payer's own is told in figures.
func (f Flight) mayFly(ctx context.Context, tx *db.Tx, u *useraccount.User, o *Order) error {
	var all []struct {
		User  useraccount.ID `db:"user_id"`
		JID   string
		Total amount.Msat
	}
	err := tx.SelectContext(ctx, &all, `
SELECT o.user_id, u.jid, o.amount + o.fee_limit AS total
FROM payment_order o JOIN user_account u ON u.id = o.user_id
WHERE o.payment_hash IS NOT NULL AND o.to_user IS NULL AND o.state IN ('held', 'sending', 'in_flight', 'stuck')`)
	if err != nil {
		return fmt.Errorf("paymentorder: on their way: %w", err)
	}
	_, home, _ := address.SplitJID(u.JID)
	var user, domain, total Bound
	for _, x := range all {
		total.add(x.Total)
		if _, d, _ := address.SplitJID(x.JID); strings.EqualFold(d, home) {
			domain.add(x.Total)
		}
		if x.User == u.ID {
			user.add(x.Total)
		}
	}
	m := o.Total()
	switch {
	case f.User.full(user, m) && user.Payments == 0:
		return ErrInFlightAlone.With(fault.Args{"limit": int64(f.User.Amount)})
	case f.User.full(user, m):
		return ErrInFlight.With(fault.Args{"n": int64(user.Payments)})
	case f.Domain.full(domain, m), f.All.full(total, m):
		return ErrInFlightAll
	}
	return nil
}
