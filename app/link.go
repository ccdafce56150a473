package app

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Most is how many apps one user may have at a time.
const Most = 20

// NewApp is what a user lets a program do.
type NewApp struct {
	Name        string
	Kind        Kind
	Secret      string
	Beacon      string
	Budget      amount.Msat
	Per         Period
	Expires     int64 // seconds; 0 never
	ReceiveOnly bool
}

// Link lets an app at a user's wallet. A Conflict fault says that the name is
// taken, or that the secret is known: each link has a new one. It locks the
// user, who may be about to leave or to link another. The budget begins at the
// time of that lock: by the database's clock, as its payments do.
func Link(ctx context.Context, tx *db.Tx, user useraccount.ID, n NewApp) (*App, error) {
	u, err := useraccount.Lock(ctx, tx, user)
	if err != nil {
		return nil, err
	}
	if !u.Active {
		return nil, useraccount.ErrClosed
	}
	have, err := All(ctx, tx, user)
	if err != nil {
		return nil, err
	}
	if len(have) >= Most {
		return nil, fault.New(fault.NotAllowed, "app.too-many", fault.Args{"n": int64(len(have))})
	}
	for _, a := range have {
		if a.Name == n.Name {
			return nil, fault.New(fault.Conflict, "app.name-taken", fault.Args{"app": n.Name})
		}
	}
	var ids []ID
	err = tx.SelectContext(ctx, &ids, `
INSERT INTO app (user_id, name, kind, secret, beacon, budget, per, since, expires, receive_only, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8)
ON CONFLICT (secret) DO NOTHING
RETURNING id`,
		user, n.Name, string(n.Kind), n.Secret, n.Beacon, int64(n.Budget), string(n.Per), u.Now,
		sql.NullInt64{Int64: n.Expires, Valid: n.Expires > 0}, truth(n.ReceiveOnly))
	if err != nil {
		return nil, fmt.Errorf("app: link: %w", err)
	}
	if len(ids) == 0 {
		return nil, fault.New(fault.Conflict, "app.secret-used", nil)
	}
	return ByID(ctx, tx, ids[0])
}

// End takes an app away. What it has asked for goes on to its end.
func (a *App) End(ctx context.Context, tx *db.Tx, now int64) error {
	return a.change(ctx, tx, `ended = $2`, now)
}

// EndAll takes all of a user's apps away.
func EndAll(ctx context.Context, tx *db.Tx, user useraccount.ID, now int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE app SET ended = $2 WHERE user_id = $1 AND ended IS NULL`, user, now); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return nil
}

// Pause stops an app from asking for anything, or lets it again.
func (a *App) Pause(ctx context.Context, tx *db.Tx, paused bool) error {
	return a.change(ctx, tx, `paused = $2`, truth(paused))
}

// SetBudget changes what the app may spend unasked, from now on.
func (a *App) SetBudget(ctx context.Context, tx *db.Tx, m amount.Msat, per Period, now int64) error {
	return a.change(ctx, tx, `budget = $2, per = $3, since = $4`, int64(m), string(per), now)
}

// Join notes that the app is there, and reports whether it is the first time.
func (a *App) Join(ctx context.Context, tx *db.Tx, now int64) (first bool, err error) {
	first, err = tx.One(ctx, `UPDATE app SET joined = $2 WHERE id = $1 AND joined IS NULL AND ended IS NULL`, a.ID, now)
	if err != nil || first {
		return first, err
	}
	return false, a.change(ctx, tx, `joined = $2`, now)
}

// Lock keeps other transactions from deciding about the app's budget, and
// reads it as it is now. It comes before the locks of users and of the ledger. The UPDATE
// changes nothing: it is the lock that both engines have.
func Lock(ctx context.Context, tx *db.Tx, id ID) (*App, error) {
	if _, err := tx.One(ctx, `UPDATE app SET leased = leased WHERE id = $1`, id); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return ByID(ctx, tx, id)
}

// LockAll is Lock for all of a user's apps.
func LockAll(ctx context.Context, tx *db.Tx, user useraccount.ID) error {
	if tx.Dialect != db.Postgres {
		return nil // has one writer
	}
	var ids []ID
	if err := tx.SelectContext(ctx, &ids, `SELECT id FROM app WHERE user_id = $1 AND ended IS NULL ORDER BY id FOR NO KEY UPDATE`, user); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return nil
}

func (a *App) change(ctx context.Context, tx *db.Tx, set string, to ...any) error {
	if _, err := tx.One(ctx, `UPDATE app SET `+set+` WHERE id = $1`, append([]any{a.ID}, to...)...); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return nil
}

// truth is a truth as both engines keep it.
func truth(is bool) int {
	if is {
		return 1
	}
	return 0
}
