package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Bill is a request to be paid that a bot sent as a message, and of which it
// wants to hear the end.
type Bill struct {
	Message string // its id, "" for none
	Node    string // that it was sent to
	Payer   string // username, "" if it is nobody here
	Hash    string // of the payment over Lightning, "" without
	Address string // that the bill showed
	Amount  amount.Msat
	Ends    int64 // seconds; 0: after a day
}

// BillEnd is what became of a bill.
type BillEnd struct {
	Bill
	Paid bool   // else it was cancelled
	At   int64  // seconds
	Code string // what paid, or the hash
}

const (
	mostBills   = 500       // of a user, whose end was not told
	billLasts   = 24 * 3600 // seconds, without Lightning
	billKept    = 7 * 24 * 3600
	billTelling = 60 // seconds that one instance has for it
	billsAtOnce = 20 // that one look asks the node for
)

// Bill remembers a bill of a user; app is who sends it for them, 0 the user in
// person. The same once more changes nothing. Who is told of too few of their bills
// gets a NotAllowed fault.
func (s *Service) Bill(ctx context.Context, user string, app app.ID, b Bill) (err error) {
	defer func() { err = HeardBy(app, err) }()
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return err
	}
	now := s.Clock().Unix()
	if b.Ends == 0 {
		b.Ends = now + billLasts
	}
	// Should the outcome stay unknown, the same message again finds out.
	return s.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Whoever pays the user takes the same lock: what was paid before the bill is
		// in the statement, and does not pay it.
		if _, err := useraccount.Lock(ctx, tx, u.ID); err != nil {
			return err
		}
		if err := invoice.ForgetBills(ctx, tx, u.ID, now-billKept); err != nil {
			return err
		}
		n, err := invoice.UntoldBills(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if n >= mostBills {
			return ErrManyBills.With(fault.Args{"n": int64(n)})
		}
		return invoice.AddBill(ctx, tx, invoice.Bill{User: u.ID, Message: b.Message, Node: b.Node, Payer: b.Payer, Hash: b.Hash,
			Address: b.Address, Amount: b.Amount, Created: now, Ends: b.Ends})
	})
}

// Billing lists the JIDs of those who have bills whose end was not told.
func (s *Service) Billing(ctx context.Context) (_ []string, err error) {
	defer DatabaseAway(&err)
	return invoice.Billing(ctx, s.DB.Read())
}

// EndBills finds out which of a user's bills were paid, and has the end of bills
// told, the oldest first, until tell returns false. What was not told is told
// another time, and so is what was when we died just then.
func (s *Service) EndBills(ctx context.Context, user string, tell func(BillEnd) bool) (err error) {
	defer DatabaseAway(&err)
	q := s.DB.Read()
	u, err := useraccount.ByJID(ctx, q, user)
	if err != nil {
		return err
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

// LapseBills cancels a user's bills whose time ran out, when the node says that
// nobody can pay, and nobody has: its receipts may come late.
func (s *Service) LapseBills(ctx context.Context, user string) (err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return err
	}
	now := s.Clock().Unix()
	due, err := invoice.DueBills(ctx, s.DB.Read(), u.ID, now, billsAtOnce)
	for _, b := range due {
		if over, err := s.unpaid(ctx, b); err != nil {
			return err
		} else if !over {
			continue
		}
		err = s.DB.Tx(ctx, func(tx *db.Tx) error {
			// Who confirms a payment of the bill has the payee locked.
			is, err := useraccount.Lock(ctx, tx, u.ID)
			if err != nil {
				return err
			}
			return invoice.CancelBill(ctx, tx, b.ID, is.Now)
		})
		if err != nil {
			return err
		}
	}
	return err
}

// unpaid reports whether the node knows that an invoice whose time ran out was
// not paid.
func (s *Service) unpaid(ctx context.Context, b invoice.Bill) (bool, error) {
	if b.Hash == "" || s.Lightning.Node == nil {
		return true, nil
	}
	h, err := lightning.ParseHash(b.Hash)
	if err != nil {
		return false, err
	}
	err = s.Lightning.Node.Cancel(ctx, h)
	switch {
	case errors.Is(err, lightning.ErrNoInvoice): // so it was not paid, if it is the node that made it
		err := s.ownNode(ctx)
		return err == nil, err
	case err == nil, errors.Is(err, lightning.ErrNoCancel):
		return true, nil
	case errors.Is(err, lightning.ErrSettled), errors.Is(err, lightning.ErrRefused):
		return false, nil // its receipt is on the way, or its payment
	}
	return false, LightningFault(err)
}

func endOf(b invoice.Bill) BillEnd {
	e := BillEnd{Bill: Bill{Message: b.Message, Node: b.Node, Payer: b.Payer, Hash: b.Hash, Address: b.Address, Amount: b.Amount, Ends: b.Ends},
		Paid: b.State == invoice.BillPaid, At: b.Ended, Code: b.Proof}
	if e.Code == "" {
		e.Code = b.Hash
	}
	return e
}
