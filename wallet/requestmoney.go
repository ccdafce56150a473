package wallet

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// MoneyRequest is what the caller asks another user for.
type MoneyRequest struct {
	To     Recipient
	Amount amount.Msat
	Memo   string
}

// Requested is a request that the other user is told of.
type Requested struct {
	To     string
	Amount amount.Msat
}

// RequestMoney asks another user for money: they are told, and pay or not. It moves
// nothing, but who is told late pays late, so a late one is refused as a payment is.
func (s *Service) RequestMoney(ctx context.Context, by Caller, r MoneyRequest) (_ Requested, err error) {
	defer by.told(&err)
	if done, found, err := earlier[Requested](ctx, s, by); found || err != nil {
		return done, err
	}
	if err := s.mayAsk(ctx, by, "request"); err != nil {
		return Requested{}, err
	}
	if err := s.Late(by); err != nil {
		return Requested{}, err
	}
	switch most := s.Policy.Limits.Payment; {
	case r.Amount <= 0:
		return Requested{}, amount.ErrAmount.New(fault.Invalid, "amount.zero", nil)
	case r.Amount > most:
		return Requested{}, paymentorder.ErrPaymentLimit.With(fault.Args{"limit": int64(most)})
	case r.To.User == nil:
		return Requested{}, ErrUsersOnly
	case by.User.Name == "": // an account of old, that nobody could pay by name
		return Requested{}, ErrNoName.With(fault.Args{"register": "name"})
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Requested, error) {
		_, u, err := useraccount.LockBoth(ctx, tx, by.User.ID, r.To.User.ID)
		if err != nil {
			return Requested{}, err
		}
		if err := by.mayBother(ctx, tx, u, r.To.Name); err != nil {
			return Requested{}, err
		}
		return Requested{To: r.To.Name, Amount: r.Amount}, outbox.Add(ctx, tx, s.plea(u, by, r), u.Now)
	})
}

// mayBother is the fault of asking somebody who does not want to be asked, or was asked
// often enough. Who muted whom is not said.
func (by Caller) mayBother(ctx context.Context, tx *db.Tx, u *useraccount.User, name string) error {
	who := fault.Args{"who": name}
	switch {
	case u.Mutes || !u.Notify:
		return ErrNotHeard.With(who)
	case !u.Active:
		return paymentorder.ErrRecipientGone.With(who)
	}
	ok, err := useraccount.Asked(ctx, tx, u, by.User.ID)
	if err == nil && !ok {
		err = ErrAskedEnough.With(who)
	}
	return err
}

// plea is the notice of a request. What the user may send back counts in sat, whatever
// their unit is. The note is not in it: a line of ours says nothing in the words of who
// asks.
func (s *Service) plea(u *useraccount.User, by Caller, r MoneyRequest) outbox.Notice {
	who, memo := by.User.Name, i18n.Clip(r.Memo, MemoLength)
	phrase := "request.asked"
	if memo != "" {
		phrase = "request.asked-memo"
	}
	pay := strings.Join([]string{amount.Format(r.Amount, amount.InSat, "", "."), "sat", who}, " ")
	return outbox.Notice{User: u.JID, Phrase: phrase, Lang: u.Lang, Unit: u.Unit,
		Args: map[string]any{"who": who, "amount": int64(r.Amount), "memo": memo, "mute": s.line(u, "mute", who)},
		Next: []string{s.line(u, "pay", pay)}}
}
