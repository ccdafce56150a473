package audit

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// page is how many items one question to the Lightning node lists.
const page = 1000

// lightning compares the books with the Lightning node, invoice by invoice and
// payment by payment. The books are read first: what comes meanwhile is with
// the node and not yet with us, and is no finding.
func (r *Report) lightning(ctx context.Context, q sqlx.QueryerContext, node lightning.Node) error {
	outside, err := ledger.System(ctx, q, "lightning")
	if err != nil {
		return err
	}
	bal, err := ledger.Balance(ctx, q, outside)
	if err != nil {
		return err
	}
	r.Expected -= bal
	if err := r.receipts(ctx, q, node); err != nil {
		return err
	}
	if err := r.paid(ctx, q, node); err != nil {
		return err
	}
	b, err := node.Balance(ctx)
	if err != nil {
		return err
	}
	r.Channels = b.Local + b.Pending
	return nil
}

// receipts finds what was credited and not paid, and what was paid and not
// credited although later receipts were.
func (r *Report) receipts(ctx context.Context, q sqlx.QueryerContext, node lightning.Node) error {
	cursor, err := invoice.Cursor(ctx, q) // before what it stands for: a receipt may be booked just now
	if err != nil {
		return err
	}
	credited, err := invoice.Credited(ctx, q)
	if err != nil {
		return err
	}
	for from := uint64(0); ; {
		all, next, err := node.Received(ctx, from, page)
		if err != nil {
			return err
		}
		for _, got := range all {
			hash := got.Hash.String()
			m, booked := credited[hash]
			delete(credited, hash)
			switch {
			case booked && m != got.Amount:
				r.find("a receipt is credited by what was paid", fmt.Sprintf("%s: %d msat instead of %d", hash, m, got.Amount))
			case !booked:
				ours, err := invoice.Find(ctx, q, hash)
				if err != nil {
					return err
				}
				if ours != nil && got.SettleIndex <= cursor {
					r.find("every receipt of a user is credited", fmt.Sprintf("%s: %d msat are not", hash, got.Amount))
				} else if ours != nil {
					r.Expected += got.Amount // with the node, not yet on the books
				}
			}
			r.Receipts++
		}
		if next == from || len(all) == 0 {
			break
		}
		from = next
	}
	for hash, m := range credited {
		r.find("what is credited was paid", fmt.Sprintf("%s: the node knows nothing of %d msat", hash, m))
	}
	return nil
}

// paid finds payments that were given back and made, and such as are done and
// were not made.
func (r *Report) paid(ctx context.Context, q sqlx.QueryerContext, node lightning.Node) error {
	orders, err := paymentorder.Invoices(ctx, q)
	if err != nil {
		return err
	}
	// An invoice whose payment failed may be ordered again, and the order that
	// did not fail, older or newer, is the one that counts.
	last := map[string]paymentorder.Order{}
	for _, o := range orders {
		if was, met := last[o.Hash.String]; !met || was.State == paymentorder.Failed {
			last[o.Hash.String] = o
		}
	}
	for from := uint64(0); ; {
		all, next, err := node.Paid(ctx, from, page)
		if err != nil {
			return err
		}
		for _, p := range all {
			hash := p.Hash.String()
			o, ours := last[hash]
			if !ours {
				continue // the operator's own
			}
			delete(last, hash)
			r.compare(o, p)
		}
		if next == from || len(all) == 0 {
			break
		}
		from = next
	}
	for hash, o := range last {
		if o.State == paymentorder.Done {
			r.find("a payment that is done was made", fmt.Sprintf("order %d, %s: the node knows nothing of it", o.ID, hash))
		}
	}
	return nil
}

func (r *Report) compare(o paymentorder.Order, p lightning.Outcome) {
	r.Payments++
	live := o.State == paymentorder.Held || o.State == paymentorder.Sending || o.State == paymentorder.InFlight || o.State == paymentorder.Stuck
	switch {
	case o.State == paymentorder.Done && (p.State != lightning.Succeeded || p.Fee != amount.Msat(o.Fee.Int64)):
		r.find("a payment that is done was made", fmt.Sprintf("order %d: the node says state %d, fee %d msat instead of %d", o.ID, p.State, p.Fee, o.Fee.Int64))
	case o.State == paymentorder.Failed && p.State != lightning.Failed && p.State != lightning.NotFound:
		r.find("a payment that was given back was not made", fmt.Sprintf("order %d: the node says state %d", o.ID, p.State))
	case live && p.State == lightning.Succeeded:
		r.Expected -= p.Amount + p.Fee // left the node, not yet the books
	}
}
