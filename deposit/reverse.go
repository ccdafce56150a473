package deposit

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// itself is who suspends when a deposit that was spent leaves the chain.
const itself = "gateway"

// reverse books a credit back. What the user has set aside for payments that
// have not begun is taken for it first. What they have spent meanwhile, or may have
// by a payment that books newer than these made, is
// carried by the loss account, and the user may not send until it is made good
// or an operator has looked.
func (r Rules) reverse(ctx context.Context, tx *db.Tx, in accounts, u *useraccount.User, c *Coin, now int64) error {
	if err := r.takeBack(ctx, tx, u, c, now); err != nil {
		return err
	}
	has, err := ledger.Balance(ctx, tx, u.Money)
	if err != nil {
		return err
	}
	back := min(c.Amount, has)
	c.Shortage = c.Amount - back
	ref := "coin:" + c.Key()
	if back > 0 {
		err := ledger.Post(ctx, tx, ledger.Transfer{Ref: ref, Step: fmt.Sprintf("reverse:%d", c.Round), Debit: u.Money, Credit: in.outside, Amount: back, At: now})
		if err != nil {
			return err
		}
	}
	if c.Shortage > 0 {
		err := ledger.Post(ctx, tx, ledger.Transfer{Ref: ref, Step: fmt.Sprintf("lose:%d", c.Round), Debit: in.loss, Credit: in.outside, Amount: c.Shortage, At: now})
		if err != nil {
			return err
		}
		if !u.Suspended { // an operator's reason stays
			if err := useraccount.Suspend(ctx, tx, u, itself, "a deposit that was spent left the chain: "+c.Key(), now); err != nil {
				return err
			}
		}
	}
	c.State = Reorged
	return tell(ctx, tx, u, now, "deposit.reorged", c, outbox.Notice{Balance: true})
}

// takeBack ends payments of a user that have not begun, the newest first, until
// there is as much as the coin brought.
func (r Rules) takeBack(ctx context.Context, tx *db.Tx, u *useraccount.User, c *Coin, now int64) error {
	const reason = "order.failed-reorg"
	unlooked := r.Unlooked
	if unlooked == nil {
		unlooked = func(paymentorder.Kind) paymentorder.ID { return 0 }
	}
	ended, err := paymentorder.EndHeld(ctx, tx, u, c.Amount, reason, unlooked, now)
	if err != nil || !u.Notify || !u.Active {
		return err
	}
	for _, o := range ended {
		err := outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: reason, Lang: u.Lang, Unit: u.Unit,
			Args: map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "back": int64(o.Total())}}, now)
		if err != nil {
			return err
		}
	}
	return nil
}

// madeGood ends the gateway's own suspension when the last coin that was short
// is back. One by an operator stays.
func madeGood(ctx context.Context, tx *db.Tx, u *useraccount.User, c *Coin, now int64) error {
	var short int
	err := tx.GetContext(ctx, &short, `SELECT COUNT(*) FROM coin WHERE user_id = $1 AND shortage > 0 AND (txid <> $2 OR vout <> $3)`,
		u.ID, c.TxID, int64(c.Vout))
	if err != nil {
		return fmt.Errorf("deposit: shortage: %w", err)
	}
	if short > 0 || !u.Suspended {
		return nil
	}
	if by, err := useraccount.SuspendedBy(ctx, tx, u); err != nil || by != itself {
		return err
	}
	return useraccount.Resume(ctx, tx, u, itself, now)
}

// Lock locks the owners of coins in the order of their ids, so that one
// transaction may book coins of several people.
func Lock(ctx context.Context, tx *db.Tx, coins []chain.Coin, lost []chain.Outpoint) error {
	var ids []useraccount.ID
	for _, s := range coins {
		a, err := Owner(ctx, tx, s.Address)
		if err != nil {
			return err
		}
		if a != nil {
			ids = append(ids, a.User)
		}
	}
	for _, o := range lost {
		c, err := Find(ctx, tx, o)
		if err != nil {
			return err
		}
		if c != nil {
			ids = append(ids, c.User)
		}
	}
	return useraccount.LockAll(ctx, tx, ids...)
}
