package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Allow lets an app pay what is above its budget, this once. It is for the user in person.
func (s *Service) Allow(ctx context.Context, by Caller, code string) (_ Confirmed, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "allow"); err != nil {
		return Confirmed{}, err
	}
	if err := s.Late(by); err != nil {
		return Confirmed{}, err
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Confirmed, error) {
		a, err := by.asker(ctx, tx, code)
		if err != nil {
			return Confirmed{}, err
		}
		done, err := s.Policy.Limits.Confirm(ctx, tx, by.User.ID, code, paymentorder.Allowed(a))
		if err != nil {
			return Confirmed{}, err
		}
		return s.confirmed(ctx, tx, done)
	})
}

// Deny refuses it.
func (s *Service) Deny(ctx context.Context, by Caller, code string) (_ Cancelled, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "deny"); err != nil {
		return Cancelled{}, err
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Cancelled, error) {
		if _, err := by.asker(ctx, tx, code); err != nil {
			return Cancelled{}, err
		}
		return s.cancelled(ctx, tx, by, code)
	})
}

// asker is the app that asked for an order, locked; the fault of one that no app asked for.
func (by Caller) asker(ctx context.Context, tx *db.Tx, code string) (*app.App, error) {
	unknown := ErrNoQuestion.With(fault.Args{"code": code})
	if !paymentorder.IsCode(code) {
		return nil, unknown
	}
	a, err := app.LockAsker(ctx, tx, by.User.ID, code)
	if err == nil && a == nil {
		err = unknown
	}
	return a, err
}
