package command

import (
	"context"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// errEditIgnored is the fault of correcting what moves money and is no payment.
var errEditIgnored = wallet.ErrRequest.Define(fault.Conflict, "edit.ignored")

// mayCorrect decides about a corrected message (XEP-0308): a corrected payment
// that still waits for its code makes way for the new one; what was confirmed
// is not corrected.
func (c *Call) mayCorrect(ctx context.Context) error {
	if !c.Command.MovesMoney {
		return nil
	}
	if c.Command != c.named("pay") {
		return errEditIgnored
	}
	return c.Correctable(ctx, c.by, c.Edits)
}
