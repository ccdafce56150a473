// Package app is the programs that use a wallet in its user's name: what each
// may do, what it may spend without asking, and what it has asked for.
package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Kind is the protocol that an app speaks.
type Kind string

const (
	Moneysocket Kind = "moneysocket"
	LIME        Kind = "lime"
)

// ID is the number of an app: app.id.
type ID int64

// App is one program and its rights.
type App struct {
	ID          ID
	User        useraccount.ID `db:"user_id"`
	Name        string         // as the user calls it
	Kind        Kind
	Secret      string      // of moneysocket the seed, of lime the SHA-256 of the key; hexadecimal
	Beacon      string      // of moneysocket: that is dialled; "" waits for the app
	Budget      amount.Msat // that it may spend unasked
	Per         Period
	Since       int64         // seconds: what was spent before does not count
	Expires     sql.NullInt64 // seconds
	ReceiveOnly bool          `db:"receive_only"`
	Paused      bool
	Created     int64
	Joined      sql.NullInt64 // when it was last there
	Ended       sql.NullInt64 // when it was taken away
	Notice      sql.NullInt64 // the last one about what it paid,
	Noticed     int64         // when that was first told,
	Paid        amount.Msat   // and what it speaks of
	Payments    int64
}

// Over reports that the app was taken away, or that its time is over.
func (a *App) Over(now int64) bool {
	return a.Ended.Valid || a.Expires.Valid && a.Expires.Int64 <= now
}

// May is the fault of an app that may not ask for anything now.
func (a *App) May(now int64) error {
	switch {
	case a.Over(now):
		return ErrOver.With(fault.Args{"app": a.Name})
	case a.Paused:
		return ErrPaused.With(fault.Args{"app": a.Name})
	}
	return nil
}

// MayPay is the fault of an app that may not pay now.
func (a *App) MayPay(now int64) error {
	if err := a.May(now); err != nil {
		return err
	}
	if a.ReceiveOnly {
		return ErrReceivesOnly.With(fault.Args{"app": a.Name})
	}
	return nil
}

// fields are those of an App, of a row called a.
const fields = `a.id, a.user_id, a.name, a.kind, a.secret, a.beacon, a.budget, a.per, a.since, a.expires, a.receive_only, a.paused,
       a.created, a.joined, a.ended, a.notice, a.noticed, a.paid, a.payments`

const columns = `SELECT ` + fields + ` FROM app a `

// ByID finds an app, of now or of old.
func ByID(ctx context.Context, q sqlx.QueryerContext, id ID) (*App, error) {
	return one(ctx, q, fault.Args{"app": fmt.Sprint(id)}, `WHERE id = $1`, id)
}

// ByName finds one of a user's apps; a NotFound fault if there is none.
func ByName(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, name string) (*App, error) {
	return one(ctx, q, fault.Args{"app": name}, `WHERE user_id = $1 AND name = $2 AND ended IS NULL`, user, name)
}

// BySecret finds the app of a kind that shows a secret.
func BySecret(ctx context.Context, q sqlx.QueryerContext, kind Kind, secret string) (*App, error) {
	return one(ctx, q, nil, `WHERE secret = $1 AND kind = $2 AND ended IS NULL`, secret, string(kind))
}

func one(ctx context.Context, q sqlx.QueryerContext, args fault.Args, where string, by ...any) (*App, error) {
	var a App
	err := sqlx.GetContext(ctx, q, &a, columns+where, by...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrUnknown.With(args)
	}
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return &a, nil
}

// All lists a user's apps by name.
func All(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID) ([]App, error) {
	var all []App
	if err := sqlx.SelectContext(ctx, q, &all, columns+`WHERE user_id = $1 AND ended IS NULL ORDER BY name`, user); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return all, nil
}
