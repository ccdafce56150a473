package wallet

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// MemoLength is how many characters of a memo are kept.
const MemoLength = 200

// Payment is what a caller wants to pay.
type Payment struct {
	To Recipient
	// Whom is found by Recipient in place of To, when it is known that the caller may pay and
	// that the same request was not answered before.
	Whom   string
	Amount amount.Msat // 0: as much as the invoice, the link or the service says
	All    bool        // all that the caller has, less by the fee
	Speed  string      // of a payment on the chain, one of Speeds; "" is normal
	Memo   string
	At     string // local part of the contact from which it is ordered
	// Corrects is the ID of an earlier request, whose order makes way for this one
	// (XEP-0308); "" for none.
	Corrects string
}

// Drafted is an order that waits for its code.
type Drafted struct {
	Code             string
	To               string // as the payer knows whom
	Rail             Rail
	Inside           bool // it pays a user of ours
	State            OrderState
	Amount, FeeLimit amount.Msat
	Speed            string
	Memo             string
	All              bool  // it is all that the payer has
	Told             bool  // the payee will read the memo
	Stopped          bool  // payments to the outside are stopped: it would wait
	Valid            int64 // seconds that the code has
}

// Pay drafts a payment order: nothing is set aside, and nothing is paid without its code.
func (s *Service) Pay(ctx context.Context, by Caller, p Payment) (_ Drafted, err error) {
	defer by.told(&err)
	if d, found, err := earlier[Drafted](ctx, s, by); found || err != nil {
		return d, err
	}
	if err := s.moves(ctx, by, "pay"); err != nil {
		return Drafted{}, err
	}
	if p.Speed != "" && !slices.Contains(Speeds, p.Speed) {
		return Drafted{}, ErrSpeed
	}
	if err := by.Sends(); err != nil {
		return Drafted{}, err
	}
	if p.Whom != "" {
		if p.To, err = s.recipient(ctx, by, p.Whom, p.Speed != ""); err != nil {
			return Drafted{}, err
		}
	}
	d := paymentorder.Draft{ToUser: p.To.User, SaidTo: p.To.Name, SaidAt: p.At, Memo: i18n.Clip(p.Memo, MemoLength), ClientKey: by.Key.ID}
	if p.Corrects != "" {
		d.ClientKey = p.Corrects
	}
	note := d.Memo
	if d.Memo == "" {
		d.Memo = i18n.Clip(p.To.Memo, MemoLength)
	}
	if p.To.User == nil && !p.To.Invoiced() {
		d.ToAddress = p.To.Address
	}
	balance, err := s.balanceFor(ctx, by, p.To)
	if err != nil {
		return Drafted{}, err
	}
	all := p.All
	switch {
	case all && balance <= 0:
		return Drafted{}, ErrNothing
	case all && p.To.Invoice != nil && p.To.Amount > 0:
		all, d.Amount = false, p.To.Amount // which is all that it takes
	case all:
		d.Amount = balance // less by the fee, for who is outside
	case p.Amount > 0:
		d.Amount = p.Amount
	case p.Amount < 0:
		return Drafted{}, amount.ErrAmount.New(fault.Invalid, "amount.zero", nil)
	case p.To.Amount > 0:
		d.Amount = p.To.Amount
	default:
		return Drafted{}, ErrHowMuch.With(fault.Args{"who": p.To.Name})
	}
	told := false
	switch {
	case p.To.Invoiced():
		told, err = s.invoiced(ctx, by, &d, &p.To, balance, all, note)
	case d.ToAddress != "":
		d.Speed = p.Speed
		err = s.quote(ctx, &d, balance, all)
	}
	if err != nil {
		return Drafted{}, err
	}
	if total := d.Amount + d.FeeLimit; d.Amount <= 0 || total > balance {
		return Drafted{}, short(balance, total)
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Drafted, error) {
		o, now, err := s.draft(ctx, tx, by, d, p.Corrects)
		if err != nil {
			return Drafted{}, err
		}
		stopped := false
		if !o.Internal() { // to a user of ours a payment waits only if the books are wrong, and its code says so
			if stopped, err = o.WouldWait(ctx, tx); err != nil {
				return Drafted{}, err
			}
		}
		return Drafted{Code: o.Code, To: o.SaidTo, Rail: o.Kind(), Inside: o.Internal(), State: o.State, Amount: o.Amount, FeeLimit: o.FeeLimit,
			Speed: o.Speed, Memo: o.Memo, All: all, Told: told, Stopped: stopped, Valid: o.Expires - now}, nil
	})
}

// balanceFor is what the caller has, in msat, to compare an amount with. Whether it is
// there is decided when the code comes.
func (s *Service) balanceFor(ctx context.Context, by Caller, to Recipient) (amount.Msat, error) {
	if to.User != nil {
		return by.User.Has.Balance, nil
	}
	return ledger.Balance(ctx, s.DB.Read(), by.User.Money) // what was asked of others may have taken a while
}

// draft writes the order down, and says when.
func (s *Service) draft(ctx context.Context, tx *db.Tx, by Caller, d paymentorder.Draft, corrects string) (*paymentorder.Order, int64, error) {
	var has paymentorder.Room
	u, to, err := useraccount.LockedWith(ctx, tx, by.User, d.ToUser, func(now int64) db.Statement { return has.Reading(by.User.ID, now) })
	if err != nil {
		return nil, 0, err
	}
	if err := s.makeWay(ctx, tx, by, corrects, u.Now); err != nil {
		return nil, 0, err
	}
	above, err := by.aboveBudget(ctx, tx, d, u.Now)
	if err != nil {
		return nil, 0, err
	}
	asked := d
	asked.ToUser, asked.Today = to, !above
	if corrects == "" { // or it is another one, of which the order that made way is no part
		asked.Has = &has
	}
	o, err := s.Policy.Limits.Draft(ctx, tx, u, asked, u.Now)
	return o, u.Now, err
}
