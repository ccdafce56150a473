package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Confirmed is an order whose code was given: a user of ours has the money, or it is set
// aside for who is outside. If an app asked above its budget, nothing moved and its user
// is asked.
type Confirmed struct {
	Code             string
	To               string
	Rail             Rail
	State            OrderState
	Amount, FeeLimit amount.Msat
	Number           int64       // of the line in the payer's statement
	Balance          amount.Msat // of the payer, after
	Stopped          bool        // payments are stopped: it begins when they go on
	Returnable       bool        // and until then it may be cancelled
	Asked            bool        // its user is asked, and has Valid seconds to answer
	Valid            int64
}

// Confirm gives the code of an order: now the money moves.
func (s *Service) Confirm(ctx context.Context, by Caller, code string) (_ Confirmed, err error) {
	defer by.told(&err)
	if c, found, err := earlier[Confirmed](ctx, s, by); found || err != nil {
		return c, err
	}
	if err := s.moves(ctx, by, "confirm"); err != nil {
		return Confirmed{}, err
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Confirmed, error) {
		if !paymentorder.IsCode(code) {
			return Confirmed{}, paymentorder.ErrUnknown.With(fault.Args{"code": code})
		}
		if by.InPerson() {
			done, err := s.Policy.Limits.Confirm(ctx, tx, by.User.ID, code, paymentorder.InPerson())
			if err != nil {
				return Confirmed{}, err
			}
			return s.confirmed(ctx, tx, done)
		}
		return s.confirmFor(ctx, tx, by, code)
	})
}

// confirmFor confirms an order on the word of an app, which is locked first.
func (s *Service) confirmFor(ctx context.Context, tx *db.Tx, by Caller, code string) (Confirmed, error) {
	a, err := app.Lock(ctx, tx, by.App)
	if err != nil {
		return Confirmed{}, err
	}
	done, err := s.Policy.Limits.Confirm(ctx, tx, by.User.ID, code, paymentorder.OutOfBudget(a, app.Request{Told: true}))
	if errors.Is(err, app.ErrAboveBudget) {
		return s.askOwner(ctx, tx, by, a, done.Order)
	}
	if err != nil {
		return Confirmed{}, err
	}
	if err := by.tellPaid(ctx, tx, a, done.Order); err != nil {
		return Confirmed{}, err
	}
	return s.confirmed(ctx, tx, done)
}

// confirmed says what came of a code.
func (s *Service) confirmed(ctx context.Context, tx *db.Tx, done *paymentorder.Receipt) (Confirmed, error) {
	o := done.Order
	pause, err := o.Pause(ctx, tx, s.unlooked(o))
	return Confirmed{Code: o.Code, To: o.SaidTo, Rail: o.Kind(), State: o.State, Amount: o.Amount, FeeLimit: o.FeeLimit,
		Number: done.Number, Balance: done.Balance, Stopped: done.Stopped, Returnable: pause == paymentorder.Stopped}, err
}
