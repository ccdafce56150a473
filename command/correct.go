package command

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

var (
	// errEditIgnored is the fault of correcting what moves money and is no payment.
	errEditIgnored = fault.Define(fault.Conflict, "edit.ignored")
	// errEditTooLate is the fault of correcting or taking back a payment {code} that was
	// confirmed. It goes on as it was.
	errEditTooLate = fault.Define(fault.Conflict, "edit.too-late")
)

// mayCorrect decides about a corrected message (XEP-0308): a corrected payment
// that still waits for its code makes way for the new one; what was confirmed
// is not corrected.
func (c *Call) mayCorrect(ctx context.Context) error {
	if !c.Command.Moves {
		return nil
	}
	if c.Command != c.named("pay") {
		return errEditIgnored
	}
	old, err := c.corrected(ctx, c.DB.Read())
	if err != nil || old == nil {
		return err
	}
	switch old.State {
	case paymentorder.New, paymentorder.Cancelled, paymentorder.Expired:
		return nil
	}
	return errEditTooLate.With(fault.Args{"code": old.Code})
}

// corrected is the newest order of the message that is corrected, nil if there
// is none. However often a message is corrected, its corrections name the
// first one (XEP-0308 §3), and so do the orders made of them.
func (c *Call) corrected(ctx context.Context, q sqlx.QueryerContext) (*paymentorder.Order, error) {
	if c.Edits == "" || c.Account == nil {
		return nil, nil
	}
	o, err := paymentorder.ByKey(ctx, q, c.Account.ID, c.Edits)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return o, err
}

// makeWay cancels the order that this request corrects, if it waits.
func (c *Call) makeWay(ctx context.Context, tx *db.Tx, now int64) error {
	old, err := c.corrected(ctx, tx)
	if err != nil || old == nil || old.State == paymentorder.Cancelled || old.State == paymentorder.Expired {
		return err
	}
	return old.Cancel(ctx, tx, now)
}

// takeBack cancels the order of a message that its sender takes back
// (XEP-0424), if it waits. Of a message that made none there is nothing to say.
func (c *Call) takeBack(ctx context.Context) (Reply, error) {
	if made, err := c.corrected(ctx, c.DB.Read()); err != nil || made == nil {
		return Reply{}, err
	}
	return c.asMember(ctx, func(tx *db.Tx, u *useraccount.User) (Reply, error) {
		o, err := c.corrected(ctx, tx)
		switch {
		case err != nil:
			return Reply{}, err
		case o.State == paymentorder.Cancelled || o.State == paymentorder.Expired:
			return Reply{}, nil
		case o.State != paymentorder.New:
			return Reply{}, errEditTooLate.With(fault.Args{"code": o.Code})
		}
		return say("cancel.done", map[string]any{"amount": int64(o.Amount), "who": o.SaidTo}), o.Cancel(ctx, tx, u.Now)
	})
}

// root is the key of the message that this request corrects, or its own.
func (c *Call) root() string {
	if c.Edits != "" {
		return c.Edits
	}
	return c.ID
}
