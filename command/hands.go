package command

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
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
		return fault.New(fault.NotFound, "app.unknown", fault.Args{"app": a.Name})
	case c.Command.Hands == InPerson:
		return fault.New(fault.NotAllowed, "app.not-in-person", fault.Args{"word": c.word(c.Command.Name)})
	case c.Command.Hands == OfAllApps:
		return a.May(c.Now)
	}
	return a.MayPay(c.Now)
}

// spend settles an order that an app, which is locked, confirms against its
// budget, in the transaction that confirms it: true if it may be paid unasked.
// If not, the user was asked.
func (c *Call) spend(ctx context.Context, tx *db.Tx, a *app.App, code string) (bool, error) {
	if err := a.MayPay(c.Now); err != nil {
		return false, err
	}
	o, err := paymentorder.ByCode(ctx, tx, c.Account.ID, code)
	if err != nil {
		return false, err
	}
	if o.State != paymentorder.New || o.Expires <= c.Now {
		return true, nil // confirming it says what is wrong
	}
	before, err := a.Find(ctx, tx, o.Ref())
	if err != nil || before != nil {
		return false, err // the user was asked
	}
	left, err := a.Left(ctx, tx, c.Now)
	if err != nil {
		return false, err
	}
	r := app.Request{App: a.ID, Key: o.Ref(), Hash: o.Hash.String, Unasked: o.Total() <= left, Told: true, Created: c.Now}
	r.Order.Int64, r.Order.Valid = o.ID, true
	if _, err := r.Add(ctx, tx); err != nil {
		return false, err
	}
	if r.Unasked {
		return true, nil
	}
	has, err := ledger.Balance(ctx, tx, c.Account.Money)
	if err != nil {
		return false, err
	}
	if has < o.Total() { // which no leave would change
		return true, nil
	}
	return false, c.askUser(ctx, tx, a, o, left)
}

// byApp says in whose hands a confirmed order was, to the user: an app that
// pays inside or to an address tells at once, one that pays an invoice when it
// is paid.
func (c *Call) byApp(ctx context.Context, tx *db.Tx, a *app.App, o *paymentorder.Order) error {
	if a == nil || o.Lightning() {
		return nil
	}
	return a.TellPaid(ctx, tx, c.Account, o.Amount, c.Now)
}
