package wallet

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Snapshot is what moves on an account: who looks at it twice sees what changed.
type Snapshot struct {
	Balance  amount.Msat // to spend
	Held     amount.Msat // set aside for payments under way
	Incoming amount.Msat // received and not confirmed
	Last     int64       // number of the newest line of the statement, 0 before the first
	Lines    []Entry     // written lately, oldest first
	Orders   []OrderRecord
	Invoices []InvoiceRecord
}

// snapshotLines is how many lines of a statement one look sees.
const snapshotLines = 50

// Snapshot looks at an account: what it has, the lines that were written since a time in
// seconds, the orders that are not over or ended since, and the invoices that are open, or
// were paid or expired since. useraccount.ErrUnknown is the fault of a JID that nobody has;
// one that has left is looked at like others.
func (s *Service) Snapshot(ctx context.Context, by Caller, since int64) (_ Snapshot, err error) {
	defer by.told(&err)
	if err := s.May(ctx, by, Receive, "history"); err != nil {
		return Snapshot{}, err
	}
	u, q, now := by.User, s.DB.Read(), by.Now
	if u == nil {
		return Snapshot{}, useraccount.ErrUnknown
	}
	p := Snapshot{Balance: u.Has.Balance, Held: u.Has.Held, Incoming: u.Has.Pending}
	newest, err := statement.List(ctx, q, int64(u.ID), statement.Filter{Limit: snapshotLines})
	if err != nil {
		return Snapshot{}, err
	}
	if len(newest) > 0 {
		p.Last = newest[0].N
	}
	newest = slices.DeleteFunc(newest, func(l statement.Line) bool { return l.At < since })
	slices.Reverse(newest)
	p.Lines = entriesOf(newest)
	orders, err := paymentorder.Recent(ctx, q, u.ID, since)
	if err != nil {
		return Snapshot{}, err
	}
	for _, o := range orders {
		p.Orders = append(p.Orders, recordOf(o, now))
	}
	invoices, err := invoice.Recent(ctx, q, u.ID, since)
	if err != nil {
		return Snapshot{}, err
	}
	for _, i := range invoices {
		p.Invoices = append(p.Invoices, invoiceRecordOf(i, now))
	}
	return p, nil
}
