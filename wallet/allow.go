package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Allow lets an app pay what is above its budget, this once.
func (s *Service) Allow(ctx context.Context, by Caller, code string) (_ Confirmed, err error) {
	defer by.told(&err)
	if err := s.askedFor(ctx, by, code, "allow"); err != nil {
		return Confirmed{}, err
	}
	return s.confirm(ctx, by, code, "allow", true)
}

// Deny refuses it.
func (s *Service) Deny(ctx context.Context, by Caller, code string) (_ Cancelled, err error) {
	defer by.told(&err)
	if err := s.askedFor(ctx, by, code, "deny"); err != nil {
		return Cancelled{}, err
	}
	return s.cancel(ctx, by, code, "deny")
}

// askedFor is the fault of an order that no app asked for. It is for the user in person.
func (s *Service) askedFor(ctx context.Context, by Caller, code, name string) error {
	if err := s.May(ctx, by, Nobody, name); err != nil {
		return err
	}
	if err := by.member(); err != nil {
		return err
	}
	unknown := ErrNoQuestion.With(fault.Args{"code": code})
	if !paymentorder.IsCode(code) {
		return unknown
	}
	o, err := paymentorder.ByCode(ctx, s.DB.Read(), by.User.ID, code)
	if fault.Is(err, fault.NotFound) {
		return unknown
	}
	if err != nil {
		return err
	}
	a, _, err := app.OfOrder(ctx, s.DB.Read(), int64(o.ID))
	if err == nil && a == nil {
		err = unknown
	}
	return err
}
