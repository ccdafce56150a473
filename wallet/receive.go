package wallet

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Receiving is what a caller wants to be paid.
type Receiving struct {
	Amount amount.Msat // 0: the payer chooses
	Memo   string
	Until  int64 // seconds: when an invoice shall expire, if that is sooner than usual; 0: as usual
}

// Receivable is what somebody else needs to pay the caller.
type Receivable struct {
	URI     string // for wallets of the chain and of Lightning (BIP 321)
	Address string // "" if the amount is less than is credited on the chain
	Invoice string // BOLT 11, "" for none
	Hash    string // of the invoice's payment
	Amount  amount.Msat
	Memo    string
	Expires int64 // of the invoice, in seconds
	Valid   int64 // seconds that it had when it was made
	Away    bool  // the gateway has Lightning, but there is no invoice now
}

// Receive gives what somebody else needs to pay the caller: an invoice, an address, or
// one link that both wallets of the chain and of Lightning understand. Less than is
// credited when it comes on the chain is for Lightning alone, with no address that
// somebody could pay it to.
func (s *Service) Receive(ctx context.Context, by Caller, w Receiving) (_ Receivable, err error) {
	defer by.told(&err)
	if r, found, err := earlier[Receivable](ctx, s, by); found || err != nil {
		return r, err
	}
	if err := s.mayAsk(ctx, by, "receive"); err != nil {
		return Receivable{}, err
	}
	if w.Amount < 0 {
		return Receivable{}, amount.ErrAmount.New(fault.Invalid, "amount.zero", nil)
	}
	lasts, err := lasting(w.Until, by.Now)
	if err != nil {
		return Receivable{}, err
	}
	r := Receivable{Amount: w.Amount, Memo: i18n.Clip(w.Memo, MemoLength)}
	in, err := s.ownInvoice(ctx, by, invoiceAsk{Amount: r.Amount, Memo: r.Memo, Lasts: lasts})
	if err != nil {
		return Receivable{}, err
	}
	small := r.Amount > 0 && r.Amount.CeilSat() < s.Policy.MinDeposit
	switch {
	case small && in == nil:
		return Receivable{}, s.tooSmall()
	case in == nil:
		r.Away = s.Lightning.Node != nil
		r.Amount = r.Amount.CeilSat() // all that is said is for the chain
		return shownAddress(ctx, s, by, func(a deposit.Address) Receivable { return r.at(a.Address) })
	}
	r.Invoice, r.Hash, r.Expires, r.Valid = in.Text, in.Hash, in.Expires, in.Expires-by.Now
	if small {
		r.URI = "lightning:" + in.Text
		return asMember(ctx, s, by, func(tx *db.Tx, _ *useraccount.User) (Receivable, error) {
			return r, s.addInvoice(ctx, tx, *in)
		})
	}
	return atAddress(ctx, s, by, func(tx *db.Tx, a deposit.Address) (Receivable, error) {
		return r.at(a.Address), s.addInvoice(ctx, tx, *in)
	})
}

// at is what is received at an address, as one link. The chain knows whole satoshi.
func (r Receivable) at(a string) Receivable {
	u := address.URI{Amount: r.Amount.CeilSat(), Label: r.Memo, Lightning: r.Invoice}
	r.Address, r.URI = a, u.For(a)
	return r
}

// lasting is how long an invoice shall be good for, 0 for as long as usual.
func lasting(until, now int64) (time.Duration, error) {
	switch {
	case until == 0:
		return 0, nil
	case until <= now:
		return 0, ErrLasts
	}
	// No invoice lasts that long, and more would not be a Duration.
	return time.Duration(min(until-now, int64(time.Duration(1<<62)/time.Second))) * time.Second, nil
}

// ownInvoice makes an invoice for the caller; nil without Lightning, and when the node
// cannot, because the chain still can.
func (s *Service) ownInvoice(ctx context.Context, by Caller, ask invoiceAsk) (*invoice.Invoice, error) {
	if s.Lightning.Node == nil {
		return nil, nil
	}
	in, err := s.newInvoice(ctx, by.User, by.Now, ask)
	if fault.Is(err, fault.Unavailable) {
		return nil, nil
	}
	return in, err
}

// tooSmall is the fault of asking for less than is credited on the chain, without an
// invoice.
func (s *Service) tooSmall() error {
	least := int64(s.Policy.MinDeposit)
	if s.Lightning.Node == nil {
		return ErrReceiveTooSmall.With(fault.Args{"minimum": least, "away": false})
	}
	return ErrReceiveTooSmall.With(fault.Args{"minimum": least, "away": true}).OfKind(fault.Unavailable)
}
