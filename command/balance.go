package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Balance says what can be spent, and what is on its way.
var Balance = &Command{
	Name: "balance", Who: Member, Where: Anywhere, Access: wallet.Receive, ReadOnly: true, AsksNoNode: true,
	Run: balance,
}

func balance(ctx context.Context, c *Call) (Reply, error) {
	h, err := c.Service.Balance(ctx, c.by)
	if err != nil {
		return Reply{}, err
	}
	r := say("balance.now", map[string]any{"balance": int64(h.Balance)})
	if h.Held > 0 {
		r.add("balance.held", map[string]any{"held": int64(h.Held)})
	}
	if h.Pending > 0 {
		r.add("balance.pending", map[string]any{"pending": int64(h.Pending)})
	}
	switch {
	case c.by.User.Suspended && !c.by.InPerson(): // why is its owner's affair
		r.add(wallet.ErrOwnerSuspended.Phrase, nil)
	case c.by.User.Suspended:
		r.add("user.suspended", map[string]any{"reason": c.by.User.Reason})
	}
	return r, nil
}
