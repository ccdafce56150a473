package app

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/useraccount"
)

// hour is how long, in seconds, one notice speaks of all that an app pays.
const hour = 3600

// TellPaid tells the user what the app, as Lock gave it, paid out of its
// budget: one line an hour, which is corrected, not one for each payment.
func (a *App) TellPaid(ctx context.Context, tx *db.Tx, u *useraccount.User, m amount.Msat, now int64) error {
	if !u.Notify || !u.Active {
		return nil
	}
	left, err := a.Left(ctx, tx, now)
	if err != nil {
		return err
	}
	edits := int64(0)
	if a.Notice.Valid && a.Noticed > now-hour {
		edits, m, a.Payments = a.Notice.Int64, m+a.Paid, a.Payments+1
	} else {
		a.Noticed, a.Payments = now, 1
	}
	id, err := outbox.Put(ctx, tx, outbox.Notice{User: u.JID, Phrase: "app.paid", Lang: u.Lang, Unit: u.Unit, Balance: true, Edits: edits,
		Args: map[string]any{"app": a.Name, "amount": int64(m), "n": a.Payments, "left": int64(max(left, 0)), "budget": int64(a.Budget)}}, now)
	if err != nil {
		return err
	}
	if edits != 0 { // corrections name the first message (XEP-0308 §3)
		id = edits
	}
	_, err = tx.One(ctx, `UPDATE app SET notice = $2, noticed = $3, paid = $4, payments = $5 WHERE id = $1`, a.ID, id, a.Noticed, int64(m), a.Payments)
	if err != nil {
		return fmt.Errorf("app: notice: %w", err)
	}
	return nil
}
