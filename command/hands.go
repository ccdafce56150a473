package command

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Hands are those in which a command may be, when it is not its user who says it.
type Hands uint8

const (
	OfSpenders Hands = iota // of apps that may pay
	OfAllApps               // of apps that may only receive, as well
	InPerson                // of no app
)

// mayAct is the fault of an app that says what it may not say.
func (c *Call) mayAct(ctx context.Context) error {
	if c.Request.App == 0 {
		return nil
	}
	a, err := app.ByID(ctx, c.DB.Read(), c.Request.App)
	if err != nil {
		return err
	}
	switch {
	case c.Account == nil || a.User != c.Account.ID:
		return app.ErrUnknown.With(fault.Args{"app": a.Name})
	case c.Command.Hands == InPerson:
		return errNotInPerson.With(fault.Args{"word": c.word(c.Command.Name)})
	case c.Command.Hands == OfAllApps:
		return a.May(c.Now)
	}
	return a.MayPay(c.Now)
}

// approval is on whose word this request confirms an order: the user's in person,
// or an app's, which is then locked.
func (c *Call) approval(ctx context.Context, tx *db.Tx, o *paymentorder.Order) (paymentorder.Approval, *app.App, error) {
	if c.Request.App == 0 {
		return paymentorder.InPerson(), nil, c.mayAllow(ctx, tx, o)
	}
	a, err := app.Lock(ctx, tx, c.Request.App)
	if err != nil {
		return paymentorder.Approval{}, nil, err
	}
	return paymentorder.OutOfBudget(a, app.Request{Key: o.Ref(), Hash: o.Hash.String, Told: true}), a, nil
}

// aboveBudget reports whether an app drafts more than is left of its budget. Its user
// will be asked, and until then it hears nothing of their limits.
func (c *Call) aboveBudget(ctx context.Context, tx *db.Tx, d paymentorder.Draft, now int64) (bool, error) {
	if c.Request.App == 0 {
		return false, nil
	}
	a, err := app.ByID(ctx, tx, c.Request.App)
	if err != nil {
		return false, err
	}
	left, err := a.Left(ctx, tx, now)
	return d.Amount+d.FeeLimit > left, err
}

// mayAllow is the fault of who allows an app what it may not do any more. Who
// confirms the order with its code needs no app for it.
func (c *Call) mayAllow(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	if c.Command.Name != "allow" {
		return nil
	}
	a, _, err := app.OfOrder(ctx, tx, int64(o.ID))
	if err != nil || a == nil {
		return err
	}
	if a, err = app.Lock(ctx, tx, a.ID); err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	return a.MayPay(now)
}

// asked puts to the user what an app may not pay unasked, once, and says so to
// the app.
func (c *Call) asked(ctx context.Context, tx *db.Tx, a *app.App, o *paymentorder.Order) (Reply, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return Reply{}, err
	}
	r := app.Request{App: a.ID, Key: o.Ref(), Hash: o.Hash.String, Told: true, Created: now}
	r.Order.Int64, r.Order.Valid = int64(o.ID), true
	if before, err := a.Find(ctx, tx, r.Key); err != nil {
		return Reply{}, err
	} else if before == nil {
		if err := c.askUser(ctx, tx, a, o, now); err != nil {
			return Reply{}, err
		}
		if _, err := r.Add(ctx, tx); err != nil {
			return Reply{}, err
		}
	}
	reply := say("app.asked", map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "valid": o.Expires - now})
	reply.Data = OrderView{Code: o.Code, Amount: o.Amount, FeeLimit: o.FeeLimit, To: o.SaidTo, State: string(o.State), Asked: true}
	return reply, nil
}

// byApp says in whose hands a confirmed order was, to the user: an app that
// pays inside or to an address tells at once, one that pays an invoice when it
// is paid.
func (c *Call) byApp(ctx context.Context, tx *db.Tx, a *app.App, o *paymentorder.Order) error {
	if a == nil || o.Lightning() {
		return nil
	}
	return a.TellPaid(ctx, tx, c.Account, o.Amount, o.Confirmed.Int64)
}
