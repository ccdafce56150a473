package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
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

// Billed is a bill whose end will be told.
type Billed struct{ Message string }

const (
	mostBills = 500       // of a user, whose end was not told
	billLasts = 24 * 3600 // seconds, without Lightning
	billKept  = 7 * 24 * 3600
)

// Bill remembers a bill of the caller's. The same once more changes nothing. ErrManyBills
// is the fault of who is told of too few of theirs.
func (s *Service) Bill(ctx context.Context, by Caller, b Bill) (_ Billed, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "receive"); err != nil {
		return Billed{}, err
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (Billed, error) {
		// Whoever pays the user takes the same lock: what was paid before the bill is
		// in the statement, and does not pay it.
		if err := invoice.ForgetBills(ctx, tx, u.ID, u.Now-billKept); err != nil {
			return Billed{}, err
		}
		n, err := invoice.UntoldBills(ctx, tx, u.ID)
		if err != nil {
			return Billed{}, err
		}
		if n >= mostBills {
			return Billed{}, ErrManyBills.With(fault.Args{"n": int64(n)})
		}
		ends := b.Ends
		if ends == 0 {
			ends = u.Now + billLasts
		}
		return Billed{b.Message}, invoice.AddBill(ctx, tx, invoice.Bill{User: u.ID, Message: b.Message, Node: b.Node, Payer: b.Payer, Hash: b.Hash,
			Address: b.Address, Amount: b.Amount, Created: u.Now, Ends: ends})
	})
}
