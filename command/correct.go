package command

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// mayCorrect decides about a corrected message (XEP-0308): a corrected payment
// that still waits for its code makes way for the new one; what was confirmed
// is not corrected.
func (c *Call) mayCorrect(ctx context.Context) error {
	if !c.Command.Moves {
		return nil
	}
	if c.Command != c.named("pay") {
		return fault.New(fault.Conflict, "edit.ignored", nil)
	}
	old, err := c.corrected(ctx)
	if err != nil || old == nil || old.State == paymentorder.New {
		return err
	}
	return fault.New(fault.Conflict, "edit.too-late", fault.Args{"code": old.Code})
}

// corrected is the order that the corrected message made, nil if it made none.
func (c *Call) corrected(ctx context.Context) (*paymentorder.Order, error) {
	if c.Edits == "" || c.Account == nil {
		return nil, nil
	}
	o, err := paymentorder.ByKey(ctx, c.DB.Read(), c.Account.ID, c.Edits)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return o, err
}

// makeWay cancels the order that this request corrects.
func (c *Call) makeWay(ctx context.Context, tx *db.Tx) error {
	old, err := c.corrected(ctx)
	if err != nil || old == nil {
		return err
	}
	return old.Cancel(ctx, tx, c.Now)
}

// named is a command of the index.
func (c *Call) named(name string) *Command {
	for _, cmd := range c.Commands {
		if cmd.Name == name {
			return cmd
		}
	}
	return nil
}
