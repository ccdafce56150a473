package command

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What cancel refuses besides what paymentorder does, of an order {code}.
var (
	// errBegun is the fault of an order whose money may be on its way.
	errBegun = fault.Define(fault.Conflict, "order.begun")
	// errPaidBefore is the fault of one that is paid.
	errPaidBefore = fault.Define(fault.Conflict, "order.paid-before")
)

// Confirm gives the code of an order: now the money moves.
var Confirm = &Command{
	Name: "confirm", Who: Member, Where: Anywhere, Moves: true, AsksNoNode: true,
	Fields:  []Field{{Name: "code", Optional: true}},
	Changes: given("code"),
	Run:     confirm,
}

func confirm(ctx context.Context, c *Call) (Reply, error) {
	code := codeOf(c.Arg("code"))
	if code == "" {
		return pending(ctx, c)
	}
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		if !paymentorder.IsCode(code) {
			return Reply{}, paymentorder.ErrUnknown.With(fault.Args{"code": code})
		}
		if c.Request.App == 0 && c.Command.Name != "allow" { // nothing of the order has to be known first
			done, err := c.House.Limits.ConfirmCode(ctx, tx, c.Account.ID, code, paymentorder.InPerson())
			if err != nil {
				return Reply{}, err
			}
			return c.confirmed(ctx, tx, done)
		}
		o, err := paymentorder.ByCode(ctx, tx, c.Account.ID, code)
		if err != nil {
			return Reply{}, err
		}
		on, by, err := c.approval(ctx, tx, o)
		if err != nil {
			return Reply{}, err
		}
		done, err := c.House.Limits.Confirm(ctx, tx, o, on)
		if errors.Is(err, app.ErrAboveBudget) {
			return c.asked(ctx, tx, by, o)
		}
		if err != nil {
			return Reply{}, err
		}
		if err := c.byApp(ctx, tx, by, done.Order); err != nil {
			return Reply{}, err
		}
		return c.confirmed(ctx, tx, done)
	})
}

// confirmed says what came of a code.
func (c *Call) confirmed(ctx context.Context, tx *db.Tx, done *paymentorder.Receipt) (Reply, error) {
	o := done.Order
	phrase := "confirm.sending"
	switch o.Kind() {
	case paymentorder.Inside:
		phrase = "confirm.paid"
	case paymentorder.Lightning:
		phrase = "confirm.paying"
	}
	r := say(phrase, map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "balance": int64(done.Balance), "n": done.Number,
		"tx": c.word("tx")})
	pause, err := o.Pause(ctx, tx, c.unlooked(o))
	if err != nil {
		return Reply{}, err
	}
	back := pause == paymentorder.Stopped
	if done.Stopped {
		r = say("confirm.stopped", map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "n": done.Number, "tx": c.word("tx"),
			"back": back, "cancel": c.word("cancel"), "code": o.Code})
	}
	if back {
		r.Next = append(r.Next, c.suggest("button.cancel", "cancel", o.Code))
	}
	c.remark(&r, o)
	r.Presence = true
	r.Data = OrderView{Code: o.Code, Amount: o.Amount, FeeLimit: o.FeeLimit, To: o.SaidTo, State: string(o.State), Stopped: back}
	return r, nil
}

// Cancel drops an order that waits for its code, or all of them; or one that is
// confirmed and has not begun, whatever it waits for.
var Cancel = &Command{
	Name: "cancel", Who: Member, Where: Anywhere, AsksNoNode: true,
	Fields:  []Field{{Name: "code", Optional: true}},
	Changes: given("code"),
	Run:     cancel,
}

func cancel(ctx context.Context, c *Call) (Reply, error) {
	code := codeOf(c.Arg("code"))
	if code == "" && c.Name != "" && c.Edits != "" {
		return c.takeBack(ctx)
	}
	if code == "" {
		return pending(ctx, c)
	}
	return c.asMember(ctx, func(tx *db.Tx, u *useraccount.User) (Reply, error) {
		if c.chosen("all", code, "all") == "all" {
			return c.cancelAll(ctx, tx, u)
		}
		if !paymentorder.IsCode(code) {
			return Reply{}, paymentorder.ErrUnknown.With(fault.Args{"code": code})
		}
		o, err := paymentorder.ByCode(ctx, tx, c.Account.ID, code)
		if err != nil {
			return Reply{}, err
		}
		switch {
		case o.State == paymentorder.Cancelled, o.State == paymentorder.Failed && o.Reason == paymentorder.Dropped:
			return Reply{}, paymentorder.ErrCancelled.With(fault.Args{"code": code})
		case o.State == paymentorder.Expired || o.State == paymentorder.New && o.Expires <= u.Now:
			return Reply{}, paymentorder.ErrExpired.With(fault.Args{"code": code})
		}
		switch o.State {
		case paymentorder.New:
		case paymentorder.Held:
			return c.giveBack(ctx, tx, u, o)
		case paymentorder.Failed:
			return Reply{}, paymentorder.ErrFailed.With(fault.Args{"code": code})
		case paymentorder.Done:
			return Reply{}, errPaidBefore.With(fault.Args{"code": code})
		default:
			return Reply{}, errBegun.With(fault.Args{"code": code})
		}
		if err := o.Cancel(ctx, tx, u.Now); err != nil {
			return Reply{}, err
		}
		r := say("cancel.done", map[string]any{"amount": int64(o.Amount), "who": o.SaidTo})
		c.remark(&r, o)
		return r, nil
	})
}

// giveBack ends a confirmed order that has not begun: payments are stopped, the node
// is away, or no worker came to it yet. One that newer books may have made is refused
// (Order.MayBeMade). A worker that has signed it meanwhile finds it ended, and lets the
// coins go: it stores under the lock of the user and by the state, and nobody sees what is
// not stored. An app takes back what it confirmed itself, and not what its owner did.
func (c *Call) giveBack(ctx context.Context, tx *db.Tx, u *useraccount.User, o *paymentorder.Order) (Reply, error) {
	if c.Request.App != 0 && o.ByApp.V != c.Request.App {
		return Reply{}, errNotInPerson.With(fault.Args{"word": c.word("cancel")})
	}
	if err := o.Drop(ctx, tx, u, c.unlooked(o), u.Now); err != nil {
		return Reply{}, err
	}
	r := say("cancel.back", map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "back": int64(o.Total())})
	c.remark(&r, o)
	r.Presence = true
	return r, nil
}

// remark tells who speaks to one contact that the order was about another.
func (c *Call) remark(r *Reply, o *paymentorder.Order) {
	if len(c.about([]paymentorder.Order{*o})) == 0 {
		r.add("order.other-contact", map[string]any{"who": o.SaidTo})
	}
}

// cancelAll drops all that wait; on a contact, all that wait for it.
func (c *Call) cancelAll(ctx context.Context, tx *db.Tx, u *useraccount.User) (Reply, error) {
	open, err := paymentorder.Waiting(ctx, tx, u.ID, u.Now)
	if err != nil {
		return Reply{}, err
	}
	n := int64(0)
	for _, o := range c.about(open) {
		waited, err := o.Withdraw(ctx, tx, u.Now)
		if err != nil {
			return Reply{}, err
		}
		if waited {
			n++
		}
	}
	return say("cancel.all", map[string]any{"n": n}), nil
}
