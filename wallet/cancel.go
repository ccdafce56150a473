package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Cancelled is an order that was dropped; empty if there was none to drop.
type Cancelled struct {
	Code   string
	To     string
	Amount amount.Msat
	Back   amount.Msat // that was set aside and is the payer's again; 0 if it waited for its code
}

// Cancel drops an order that waits for its code, or one that is confirmed and has not
// begun, whatever it waits for.
func (s *Service) Cancel(ctx context.Context, by Caller, code string) (_ Cancelled, err error) {
	defer by.told(&err)
	if c, found, err := earlier[Cancelled](ctx, s, by); found || err != nil {
		return c, err
	}
	if err := s.mayAs(ctx, by, Spend, "cancel"); err != nil {
		return Cancelled{}, err
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Cancelled, error) { return s.cancelled(ctx, tx, by, code) })
}

// cancelled drops an order.
func (s *Service) cancelled(ctx context.Context, tx *db.Tx, by Caller, code string) (Cancelled, error) {
	u, err := by.Locked(ctx, tx)
	if err != nil {
		return Cancelled{}, err
	}
	if !paymentorder.IsCode(code) {
		return Cancelled{}, paymentorder.ErrUnknown.With(fault.Args{"code": code})
	}
	o, err := paymentorder.ByCode(ctx, tx, by.User.ID, code)
	if err != nil {
		return Cancelled{}, err
	}
	if err := mayCancel(o, u.Now); err != nil {
		return Cancelled{}, err
	}
	if o.State == paymentorder.Held {
		return s.giveBack(ctx, tx, by, u, o)
	}
	return Cancelled{Code: o.Code, To: o.SaidTo, Amount: o.Amount}, o.Cancel(ctx, tx, u.Now)
}

// mayCancel is the fault of an order that is over, or whose money may be on its way.
func mayCancel(o *paymentorder.Order, now int64) error {
	code := fault.Args{"code": o.Code}
	switch {
	case o.State == paymentorder.Cancelled, o.State == paymentorder.Failed && o.Reason == paymentorder.Dropped:
		return paymentorder.ErrCancelled.With(code)
	case o.State == paymentorder.Expired || o.State == paymentorder.New && o.Expires <= now:
		return paymentorder.ErrExpired.With(code)
	}
	switch o.State {
	case paymentorder.New, paymentorder.Held:
		return nil
	case paymentorder.Failed:
		return paymentorder.ErrFailed.With(code)
	case paymentorder.Done:
		return ErrPaidBefore.With(code)
	}
	return ErrBegun.With(code)
}

// giveBack ends a confirmed order that has not begun: payments are stopped, the node
// is away, or no worker came to it yet. One that newer books may have made is refused
// (Order.MayBeMade). A worker that has signed it meanwhile finds it ended, and lets the
// coins go: it stores under the lock of the user and by the state, and nobody sees what is
// not stored. An app takes back what it confirmed itself, and not what its owner did.
func (s *Service) giveBack(ctx context.Context, tx *db.Tx, by Caller, u *useraccount.User, o *paymentorder.Order) (Cancelled, error) {
	if !by.InPerson() && o.ByApp.V != by.App {
		return Cancelled{}, ErrNotInPerson.With(fault.Args{"word": "cancel"})
	}
	if err := o.Drop(ctx, tx, u, s.unlooked(o), u.Now); err != nil {
		return Cancelled{}, err
	}
	return Cancelled{Code: o.Code, To: o.SaidTo, Amount: o.Amount, Back: o.Total()}, nil
}

// AllCancelled is how many orders were dropped at once, and the codes of those that are
// confirmed and have not begun: each of them can be cancelled by its code.
type AllCancelled struct {
	N    int64
	Held []string
}

// CancelAll drops all orders that wait for their code; to says for whom alone, "" for all.
func (s *Service) CancelAll(ctx context.Context, by Caller, to string) (_ AllCancelled, err error) {
	defer by.told(&err)
	if c, found, err := earlier[AllCancelled](ctx, s, by); found || err != nil {
		return c, err
	}
	if err := s.mayAs(ctx, by, Spend, "cancel"); err != nil {
		return AllCancelled{}, err
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (all AllCancelled, err error) {
		open, err := paymentorder.Waiting(ctx, tx, u.ID, u.Now)
		if err != nil {
			return all, err
		}
		way, err := paymentorder.UnderWay(ctx, tx, u.ID)
		if err != nil {
			return all, err
		}
		for _, o := range way {
			if o.State != paymentorder.Held || to != "" && o.SaidTo != to {
				continue
			}
			pause, err := s.pauseOf(ctx, tx, &o)
			if err != nil {
				return all, err
			}
			if pause != paymentorder.MayBeMade {
				all.Held = append(all.Held, o.Code)
			}
		}
		for _, o := range open {
			if to != "" && o.SaidTo != to {
				continue
			}
			waited, err := o.Withdraw(ctx, tx, u.Now)
			if err != nil {
				return all, err
			}
			if waited {
				all.N++
			}
		}
		return all, nil
	})
}
