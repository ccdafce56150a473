package command

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/ledger"
)

// Balance says what can be spent, and what is on its way.
var Balance = &Command{
	Name: "balance", Who: Member, Where: Anywhere,
	Run: balance,
}

// Holdings is what a user has.
type Holdings struct {
	Balance amount.Msat `json:"balance"` // to spend
	Held    amount.Msat `json:"held"`    // set aside for payments under way
	Pending amount.Msat `json:"pending"` // received and not confirmed
}

func balance(ctx context.Context, c *Call) (Reply, error) {
	var h Holdings
	var err error
	if h.Balance, err = ledger.Balance(ctx, c.DB.Read(), c.Account.Money); err != nil {
		return Reply{}, err
	}
	if h.Held, err = ledger.Balance(ctx, c.DB.Read(), c.Account.Held); err != nil {
		return Reply{}, err
	}
	if h.Pending, err = deposit.Pending(ctx, c.DB.Read(), c.Account.ID); err != nil {
		return Reply{}, err
	}
	r := say("balance.now", map[string]any{"balance": int64(h.Balance)})
	if h.Held > 0 {
		r.add("balance.held", map[string]any{"held": int64(h.Held)})
	}
	if h.Pending > 0 {
		r.add("balance.pending", map[string]any{"pending": int64(h.Pending)})
	}
	if c.Account.Suspended {
		r.add("user.suspended", map[string]any{"reason": c.Account.Reason})
	}
	r.Data = h
	return r, nil
}
