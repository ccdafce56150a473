package command

import (
	"context"

	"github.com/bitcoim/bitcoim/useraccount"
)

// Balance says what can be spent, and what is on its way.
var Balance = &Command{
	Name: "balance", Who: Member, Where: Anywhere, Hands: OfAllApps, Looks: true, AsksNoNode: true,
	Run: balance,
}

// Holdings is what a user has.
type Holdings = useraccount.Holdings

func balance(_ context.Context, c *Call) (Reply, error) {
	h := c.Account.Has
	r := say("balance.now", map[string]any{"balance": int64(h.Balance)})
	if h.Held > 0 {
		r.add("balance.held", map[string]any{"held": int64(h.Held)})
	}
	if h.Pending > 0 {
		r.add("balance.pending", map[string]any{"pending": int64(h.Pending)})
	}
	switch {
	case c.Account.Suspended && c.Request.App != 0: // why is its owner's affair
		r.add(errOwnerSuspended.Phrase, nil)
	case c.Account.Suspended:
		r.add("user.suspended", map[string]any{"reason": c.Account.Reason})
	}
	r.Data = h
	return r, nil
}
