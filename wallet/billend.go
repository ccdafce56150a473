package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/useraccount"
)

// BillEnd is what became of a bill.
type BillEnd struct {
	Bill
	Paid bool   // else it was cancelled
	At   int64  // seconds
	Code string // what paid, or the hash
}

// billTelling is how many seconds one instance has to tell an end.
const billTelling = 60

// Billing lists the JIDs of those who have bills whose end was not told.
func (s *Service) Billing(ctx context.Context) (_ []string, err error) {
	defer DatabaseAway(&err)
	return invoice.Billing(ctx, s.DB.Read())
}

// EndBills finds out which of the caller's bills were paid, and has the end of bills
// told, the oldest first, until tell returns false. What was not told is told
// another time, and so is what was when we died just then.
func (s *Service) EndBills(ctx context.Context, by Caller, tell func(BillEnd) bool) (err error) {
	defer by.told(&err)
	q, u := s.DB.Read(), by.User
	if u == nil {
		return useraccount.ErrUnknown
	}
	paid, err := invoice.PaidBills(ctx, q, u.ID)
	for _, b := range paid {
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return invoice.PayBill(ctx, tx, b) }); err != nil {
			return err
		}
	}
	for err == nil {
		now, any := s.Clock().Unix(), false
		if any, err = invoice.BillsToTell(ctx, q, u.ID, now); err != nil || !any {
			return err
		}
		var b *invoice.Bill
		err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
			b, err = invoice.ClaimBill(ctx, tx, u.ID, now, now+billTelling)
			return err
		})
		if err != nil || b == nil {
			return err
		}
		told, last := tell(endOf(*b)), context.WithoutCancel(ctx)
		err = s.DB.Tx(last, func(tx *db.Tx) error { return invoice.BillTold(last, tx, b.ID, told) })
		if !told {
			return err
		}
	}
	return err
}

func endOf(b invoice.Bill) BillEnd {
	e := BillEnd{Bill: Bill{Message: b.Message, Node: b.Node, Payer: b.Payer, Hash: b.Hash, Address: b.Address, Amount: b.Amount, Ends: b.Ends},
		Paid: b.State == invoice.BillPaid, At: b.Ended, Code: b.Proof}
	if e.Code == "" {
		e.Code = b.Hash
	}
	return e
}
