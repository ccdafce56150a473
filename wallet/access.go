package wallet

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
)

// Access is what an app must have been given to do something in its user's name.
type Access uint8

const (
	Spend   Access = iota // it may pay
	Receive               // it may be one that only receives
	Nobody                // no app does it: it is for the user in person
)

// May is the fault of an app that asks for what it may not do. Name is what it asked
// for, as a command.
func (s *Service) May(ctx context.Context, by Caller, needs Access, name string) error {
	if by.InPerson() {
		return nil
	}
	a, err := app.ByID(ctx, s.DB.Read(), by.App)
	if err != nil {
		return err
	}
	switch {
	case by.User == nil || a.User != by.User.ID:
		return app.ErrUnknown.With(fault.Args{"app": a.Name})
	case needs == Nobody:
		return ErrNotInPerson.With(fault.Args{"word": name})
	case needs == Receive:
		return a.May(by.Now)
	}
	return a.MayPay(by.Now)
}

// mayAs is May for who is a member.
func (s *Service) mayAs(ctx context.Context, by Caller, needs Access, name string) error {
	if err := s.May(ctx, by, needs, name); err != nil {
		return err
	}
	return by.Member()
}

// mayAsk is what every look at an account begins with, and whatever asks for money to
// come: the caller is a member, and an app of theirs may be one that only receives.
func (s *Service) mayAsk(ctx context.Context, by Caller, name string) error {
	return s.mayAs(ctx, by, Receive, name)
}

// inPerson is what begins all that is for the user alone: no app asks, and the caller is
// a member.
func (s *Service) inPerson(ctx context.Context, by Caller, name string) error {
	return s.mayAs(ctx, by, Nobody, name)
}

// moves is what every payment begins with: the caller may, is a member, and is not late.
func (s *Service) moves(ctx context.Context, by Caller, name string) error {
	if err := s.mayAs(ctx, by, Spend, name); err != nil {
		return err
	}
	return s.Late(by)
}

// Admin reports whether a JID is an operator's.
func (s *Service) Admin(jid string) bool { return slices.Contains(s.Policy.Admins, jid) }

// operates reports whether an operator asks in person: no app of theirs sees what they may.
func (s *Service) operates(by Caller) bool { return by.InPerson() && s.Admin(by.JID) }
