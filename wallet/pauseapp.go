package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Paused is an app that was paused, or that goes on.
type Paused struct{ App LinkedApp }

// PauseApp stops an app of the caller's from asking for anything. What it asked and was
// not answered is taken back.
func (s *Service) PauseApp(ctx context.Context, by Caller, name string) (_ Paused, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "app"); err != nil {
		return Paused{}, err
	}
	return anApp(ctx, s, by, name, func(tx *db.Tx, u *useraccount.User, a *app.App) (Paused, error) {
		if err := withdrawAsked(ctx, tx, u, a); err != nil {
			return Paused{}, err
		}
		return pauseApp(ctx, tx, u, a, true)
	})
}

// ResumeApp lets an app of the caller's go on.
func (s *Service) ResumeApp(ctx context.Context, by Caller, name string) (_ Paused, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "app"); err != nil {
		return Paused{}, err
	}
	if err := s.Late(by); err != nil { // it may have been paused since
		return Paused{}, err
	}
	return anApp(ctx, s, by, name, func(tx *db.Tx, u *useraccount.User, a *app.App) (Paused, error) {
		return pauseApp(ctx, tx, u, a, false)
	})
}

func pauseApp(ctx context.Context, tx *db.Tx, u *useraccount.User, a *app.App, paused bool) (Paused, error) {
	a.Paused = paused
	return Paused{linkedApp(a, 0, u.Now)}, a.Pause(ctx, tx, paused)
}

// withdrawAsked takes back what the app asked the user for and has no answer to.
func withdrawAsked(ctx context.Context, tx *db.Tx, u *useraccount.User, a *app.App) error {
	waiting, err := paymentorder.Waiting(ctx, tx, u.ID, u.Now)
	if err != nil {
		return err
	}
	for _, o := range waiting {
		by, _, err := app.OfOrder(ctx, tx, int64(o.ID))
		if err != nil {
			return err
		}
		if by != nil && by.ID == a.ID {
			if _, err := o.Withdraw(ctx, tx, u.Now); err != nil {
				return err
			}
		}
	}
	return nil
}
