package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// LimitSet is the most that may leave an account in a day, as its user set it.
type LimitSet struct {
	Limit amount.Msat
	Off   bool  // there is no limit of the user's own
	At    int64 // when it begins, in seconds: more waits, so that a thief cannot have it; 0: now
}

// SetLimit sets the most that may leave the caller's account in a day; nil: no more than
// the service allows.
func (s *Service) SetLimit(ctx context.Context, by Caller, limit *amount.Msat) (_ LimitSet, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "limit"); err != nil {
		return LimitSet{}, err
	}
	set := LimitSet{Off: limit == nil}
	if limit != nil {
		set.Limit = *limit
	}
	if set.Limit < 0 {
		return LimitSet{}, amount.ErrAmount.New(fault.Invalid, "amount.zero", nil)
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (LimitSet, error) {
		at, err := useraccount.SetLimit(ctx, tx, u, set.Limit, !set.Off, u.Now)
		done := set
		if at > u.Now {
			done.At = at
		}
		return done, err
	})
}

// DayLimits is what may leave the caller's account.
type DayLimits struct {
	Payment, Day, Balance amount.Msat  // as the service limits it
	FirstDay              amount.Msat  // instead of Day, while the account is so young; 0: it is not
	Own                   *amount.Msat // as the user limits it; nil: not
	Left                  amount.Msat  // of today
}

// DayLimits says what may leave the caller's account.
func (s *Service) DayLimits(ctx context.Context, by Caller) (_ DayLimits, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "limit"); err != nil {
		return DayLimits{}, err
	}
	l := s.Policy.Limits
	all := DayLimits{Payment: l.Payment, Day: l.Day, Balance: l.Balance}
	if by.User.Created > by.Now-24*3600 {
		all.FirstDay = l.FirstDay
	}
	if own, ok := by.User.Limit(by.Now); ok {
		all.Own = &own
	}
	left, err := l.SpendableToday(ctx, s.DB.Read(), by.User, by.Now)
	all.Left = max(left, 0)
	return all, err
}
