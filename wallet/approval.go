package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// aboveBudget reports whether an app drafts more than is left of its budget. Its user
// will be asked, and until then it hears nothing of their limits.
func (by Caller) aboveBudget(ctx context.Context, tx *db.Tx, d paymentorder.Draft, now int64) (bool, error) {
	if by.InPerson() {
		return false, nil
	}
	a, err := app.ByID(ctx, tx, by.App)
	if err != nil {
		return false, err
	}
	left, err := a.Left(ctx, tx, now)
	return d.Amount+d.FeeLimit > left, err
}

// What one app may ask its user: so many questions at a time, and in an hour.
const mostAsking, mostAsked = 3, 20

// askUser puts a payment that is above the budget of an app to its user.
func (s *Service) askUser(ctx context.Context, tx *db.Tx, by Caller, a *app.App, o *paymentorder.Order, now int64) error {
	waiting, err := a.Asking(ctx, tx, now)
	if err != nil {
		return err
	}
	asked, err := a.Asked(ctx, tx, now-3600)
	if err != nil {
		return err
	}
	left, err := a.Left(ctx, tx, now)
	if err != nil {
		return err
	}
	if waiting >= mostAsking || asked >= mostAsked {
		return ErrAsksTooMuch.With(fault.Args{"app": a.Name})
	}
	return outbox.Add(ctx, tx, outbox.Notice{User: by.User.JID, Phrase: "app.asks", Lang: by.User.Lang, Unit: by.User.Unit,
		Args: map[string]any{"app": a.Name, "amount": int64(o.Amount), "fee": int64(o.FeeLimit), "who": o.SaidTo, "memo": o.Memo,
			"left": int64(max(left, 0)), "valid": o.Expires - now},
		Next: []string{s.line(by.User, "allow", o.Code), s.line(by.User, "deny", o.Code)}}, now)
}

// askOwner asks once, and says so to the app.
func (s *Service) askOwner(ctx context.Context, tx *db.Tx, by Caller, a *app.App, o *paymentorder.Order) (Confirmed, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return Confirmed{}, err
	}
	r := app.Request{App: a.ID, Key: o.Ref(), Hash: o.Hash.String, Told: true, Created: now}
	r.Order.Int64, r.Order.Valid = int64(o.ID), true
	before, err := a.Find(ctx, tx, r.Key)
	if err == nil && before == nil {
		if err = s.askUser(ctx, tx, by, a, o, now); err == nil {
			_, err = r.Add(ctx, tx)
		}
	}
	return Confirmed{Code: o.Code, To: o.SaidTo, Rail: o.Kind(), State: o.State, Amount: o.Amount, FeeLimit: o.FeeLimit,
		Asked: true, Valid: o.Expires - now}, err
}

// tellPaid says in whose hands a confirmed order was, to the user: an app that
// pays inside or to an address tells at once, one that pays an invoice when it
// is paid.
func (by Caller) tellPaid(ctx context.Context, tx *db.Tx, a *app.App, o *paymentorder.Order) error {
	if a == nil || o.Lightning() {
		return nil
	}
	return a.TellPaid(ctx, tx, by.User, o.Amount, o.Confirmed.Int64)
}
