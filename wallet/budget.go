package wallet

import (
	"context"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Period is how soon a budget is there again: one of Periods, of which the first is usual.
type Period = app.Period

// Periods are all there are.
var Periods = app.Periods

// Budget is what an app may spend without asking its user.
type Budget struct {
	Amount amount.Msat // 0: it asks about each payment
	Per    Period
}

// whole is a budget that says all of it: one without a period is a day's.
func (b Budget) whole() (Budget, error) {
	if b.Per == "" {
		b.Per = app.Day
	}
	if b.Amount < 0 || b.Amount > amount.Max || !slices.Contains(app.Periods, b.Per) {
		return Budget{}, ErrBudget
	}
	return b, nil
}

// ParseBudget reads a budget as an operator writes it: "1000 sat/day", or "0". It counts in
// sat.
func ParseBudget(text string) (Budget, error) {
	sum, per, _ := strings.Cut(text, "/")
	if sum = strings.TrimSpace(sum); sum == "0" || sum == "" {
		return Budget{Per: app.Day}, nil
	}
	m, err := amount.Parse(sum, amount.InSat)
	if err != nil {
		return Budget{}, err
	}
	return Budget{m, Period(strings.TrimSpace(per))}.whole()
}

// Budgeted is an app that has another budget.
type Budgeted struct{ App LinkedApp }

// SetBudget says what an app of the caller's may spend without asking, from now on.
func (s *Service) SetBudget(ctx context.Context, by Caller, name string, b Budget) (_ Budgeted, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "app"); err != nil {
		return Budgeted{}, err
	}
	if err := s.Late(by); err != nil { // another budget may have been set since
		return Budgeted{}, err
	}
	if b, err = b.whole(); err != nil {
		return Budgeted{}, err
	}
	return anApp(ctx, s, by, name, func(tx *db.Tx, u *useraccount.User, a *app.App) (Budgeted, error) {
		if a.ReceiveOnly {
			return Budgeted{}, a.MayPay(u.Now)
		}
		a.Budget, a.Per = b.Amount, b.Per
		return Budgeted{linkedApp(a, b.Amount, u.Now)}, a.SetBudget(ctx, tx, b.Amount, b.Per, u.Now)
	})
}
