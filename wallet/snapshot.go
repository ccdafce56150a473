package wallet

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/outbox"
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

// Snapshot looks at an account: what it has, the lines that were written since a
// time in seconds, the orders that are not over or ended since, and the
// invoices that are open, or were paid or expired since. A NotFound fault says
// that nobody has this JID.
func (s *Service) Snapshot(ctx context.Context, user string, since int64) (_ Snapshot, err error) {
	defer DatabaseAway(&err)
	q, now := s.DB.Read(), s.Clock().Unix()
	u, err := useraccount.ByJID(ctx, q, user)
	if err != nil {
		return Snapshot{}, err
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
	p.Lines = EntriesOf(newest)
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

// News lists notices of all users with a greater number than after, for doors
// that tell them beside the one that answers for it that they are told. See
// outbox.Recent.
func (s *Service) News(ctx context.Context, after int64, limit int) (_ []outbox.News, err error) {
	defer DatabaseAway(&err)
	return outbox.Recent(ctx, s.DB.Read(), after, limit)
}

// LateNews lists those of some notices that are there by now. See outbox.Late.
func (s *Service) LateNews(ctx context.Context, ids []int64) (_ []outbox.News, err error) {
	defer DatabaseAway(&err)
	return outbox.Late(ctx, s.DB.Read(), ids)
}

// NewestNews is the number of the newest notice.
func (s *Service) NewestNews(ctx context.Context) (_ int64, err error) {
	defer DatabaseAway(&err)
	return outbox.Newest(ctx, s.DB.Read())
}
