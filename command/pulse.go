package command

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

// Pulse is what moves on an account: who looks at it twice sees what changed.
type Pulse struct {
	Balance  amount.Msat // to spend
	Held     amount.Msat // set aside for payments under way
	Incoming amount.Msat // received and not confirmed
	Last     int64       // number of the newest line of the statement, 0 before the first
	Lines    []Entry     // written lately, oldest first
	Orders   []OrderRecord
	Invoices []InvoiceRecord
}

// pulseLines is how many lines of a statement one look sees.
const pulseLines = 50

// Pulse looks at an account: what it has, the lines that were written since a
// time in seconds, the orders that are not over or ended since, and the
// invoices that are open, or were paid or expired since. A NotFound fault says
// that nobody has this JID.
func (d *Desk) Pulse(ctx context.Context, user string, since int64) (_ Pulse, err error) {
	defer later(&err)
	q, now := d.DB.Read(), d.Clock().Unix()
	u, err := useraccount.ByJID(ctx, q, user)
	if err != nil {
		return Pulse{}, err
	}
	p := Pulse{Balance: u.Has.Balance, Held: u.Has.Held, Incoming: u.Has.Pending}
	newest, err := statement.List(ctx, q, int64(u.ID), statement.Filter{Limit: pulseLines})
	if err != nil {
		return Pulse{}, err
	}
	if len(newest) > 0 {
		p.Last = newest[0].N
	}
	newest = slices.DeleteFunc(newest, func(l statement.Line) bool { return l.At < since })
	slices.Reverse(newest)
	p.Lines = entriesOf(newest)
	orders, err := paymentorder.Recent(ctx, q, u.ID, since)
	if err != nil {
		return Pulse{}, err
	}
	for _, o := range orders {
		p.Orders = append(p.Orders, recordOf(o, now))
	}
	invoices, err := invoice.Recent(ctx, q, u.ID, since)
	if err != nil {
		return Pulse{}, err
	}
	for _, i := range invoices {
		p.Invoices = append(p.Invoices, invoiceRecordOf(i, now))
	}
	return p, nil
}

// News lists notices of all users with a greater number than after, for doors
// that tell them beside the one that answers for it that they are told. See
// outbox.Recent.
func (d *Desk) News(ctx context.Context, after int64, limit int) (_ []outbox.News, err error) {
	defer later(&err)
	return outbox.Recent(ctx, d.DB.Read(), after, limit)
}

// LateNews lists those of some notices that are there by now. See outbox.Late.
func (d *Desk) LateNews(ctx context.Context, ids []int64) (_ []outbox.News, err error) {
	defer later(&err)
	return outbox.Late(ctx, d.DB.Read(), ids)
}

// NewestNews is the number of the newest notice.
func (d *Desk) NewestNews(ctx context.Context) (_ int64, err error) {
	defer later(&err)
	return outbox.Newest(ctx, d.DB.Read())
}
