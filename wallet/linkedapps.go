package wallet

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/useraccount"
)

// AppKind is the protocol that an app speaks.
type AppKind = app.Kind

const (
	Moneysocket = app.Moneysocket
	LIME        = app.LIME
)

// LinkedApp is an app as its user knows it.
type LinkedApp struct {
	Name        string
	Kind        AppKind
	Budget      Budget
	Left        amount.Msat // of the budget
	ReceiveOnly bool
	Paused      bool
	Over        bool  // its time is over
	Created     int64 // in seconds, as all times
	Joined      int64 // when it was last there; 0 never
	Expires     int64 // 0 never
}

// linkedApp is an app as its user knows it, of whose budget so much is left.
func linkedApp(a *app.App, left amount.Msat, now int64) LinkedApp {
	return LinkedApp{Name: a.Name, Kind: a.Kind, Budget: Budget{a.Budget, a.Per}, Left: max(left, 0), ReceiveOnly: a.ReceiveOnly,
		Paused: a.Paused, Over: a.Over(now), Created: a.Created, Joined: a.Joined.Int64, Expires: a.Expires.Int64}
}

// LinkedApps lists the caller's apps by name.
func (s *Service) LinkedApps(ctx context.Context, by Caller) (_ []LinkedApp, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "apps"); err != nil {
		return nil, err
	}
	all, err := app.All(ctx, s.DB.Read(), by.User.ID)
	if err != nil {
		return nil, err
	}
	linked := make([]LinkedApp, 0, len(all))
	for _, a := range all {
		left, err := a.Left(ctx, s.DB.Read(), by.Now)
		if err != nil {
			return nil, err
		}
		linked = append(linked, linkedApp(&a, left, by.Now))
	}
	return linked, nil
}

// LinkedApp is one of the caller's apps.
func (s *Service) LinkedApp(ctx context.Context, by Caller, name string) (_ LinkedApp, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "app"); err != nil {
		return LinkedApp{}, err
	}
	a, err := by.appNamed(ctx, s.DB.Read(), name)
	if err != nil {
		return LinkedApp{}, err
	}
	left, err := a.Left(ctx, s.DB.Read(), by.Now)
	return linkedApp(a, left, by.Now), err
}

// appNamed finds the app that the caller calls so.
func (by Caller) appNamed(ctx context.Context, q sqlx.QueryerContext, name string) (*app.App, error) {
	return app.ByName(ctx, q, by.User.ID, strings.ToLower(i18n.Clip(strings.TrimSpace(name), 40)))
}

// anApp is Do for what is decided about an app of the caller's. Its row is locked before
// theirs, as by whoever asks for a payment in its name.
func anApp[T any](ctx context.Context, s *Service, by Caller, name string,
	fn func(tx *db.Tx, u *useraccount.User, a *app.App) (T, error)) (T, error) {
	return Do(ctx, s, by, func(tx *db.Tx) (none T, err error) {
		named, err := by.appNamed(ctx, tx, name)
		if err != nil {
			return none, err
		}
		a, err := app.Lock(ctx, tx, named.ID)
		if err != nil {
			return none, err
		}
		if a.Ended.Valid { // just now
			return none, app.ErrUnknown.With(fault.Args{"app": a.Name})
		}
		u, err := by.Locked(ctx, tx)
		if err != nil {
			return none, err
		}
		return fn(tx, u, a)
	})
}
