package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// releaseCoins gives the money of a payment on the chain back whose transaction can never
// be mined: another one that spent its coins is so many blocks deep. That is believed of
// the wallet that signed it, or of the operator.
func releaseCoins(ctx context.Context, p *program, node chain.Node, o *paymentorder.Order, by worker.Operator, depth int64) error {
	signed, err := o.Effect(ctx, by.DB.Read())
	if err != nil {
		return err
	}
	proved, err := dead(ctx, node, signed, depth)
	if err != nil {
		return err
	}
	keys, err := node.Keys(ctx) // after the answers that it is about
	if err != nil {
		return err
	}
	instead, err := sentInstead(ctx, by.DB.Read(), *o)
	if err != nil {
		return err
	}
	const find = "find the transaction that spent a coin of %s, see that it is %d blocks deep, and say -i-have-checked"
	switch {
	case by.Checked:
	case instead != "":
		return fmt.Errorf("transaction %s paid what order %d does, and no order made it: if it was sent in place of %s, the payee has the money, and the payer "+
			"would have it, too: find out, settle it with the payer, and say -i-have-checked", instead, o.ID, o.TxID)
	case deposit.Wallet(keys).Another(o.Node):
		return fmt.Errorf("the wallet %q signed order %d, and the node has another one, which never heard of it: ask the node that has that one, or "+find,
			o.Node, o.ID, o.TxID, depth)
	case !proved:
		return fmt.Errorf("the node cannot tell whether a coin was spent by another transaction: "+find, o.TxID, depth)
	}
	if err := by.GiveBack(ctx, o); err != nil {
		return err
	}
	if err := node.Release(ctx, signed); err != nil { // they end by themselves, too
		fmt.Fprintf(p.err, "the coins that it had set aside stay locked for a while: %v\n", err)
	}
	return nil
}

// dead proves that a transaction can never be mined: the best chain holds
// another one that spends its coins, so many blocks deep. False means that
// the node cannot tell; an error, that it may well be mined.
func dead(ctx context.Context, node chain.Node, signed chain.Prepared, depth int64) (bool, error) {
	info, err := node.Info(ctx)
	if err != nil {
		return false, err
	}
	if !info.Synced {
		return false, fmt.Errorf("the node is still catching up (block %d)", info.Height)
	}
	s, err := node.Tx(ctx, signed.TxID)
	if err != nil {
		return false, err
	}
	switch s.State {
	case chain.Confirmed:
		return false, fmt.Errorf("transaction %s is in block %d: the payment goes on by itself", signed.TxID, s.Height)
	case chain.Mempool:
		return false, fmt.Errorf("transaction %s waits for a block: the payment goes on by itself", signed.TxID)
	case chain.Conflicted:
		if deep := -s.Confirmations; deep < depth {
			return false, fmt.Errorf("the transaction in its place is %d blocks deep: wait until it is %d", deep, depth)
		}
		return true, nil
	}
	// The wallet forgot it. If the node takes it again, it is as alive as ever.
	err = node.Broadcast(ctx, signed)
	switch {
	case err == nil:
		return false, fmt.Errorf("the node took transaction %s again: the payment goes on by itself", signed.TxID)
	case errors.Is(err, chain.ErrNotNow):
		return false, fmt.Errorf("the node's mempool passes transaction %s by, and any other may have it: it may be mined (%w)", signed.TxID, err)
	case !errors.Is(err, chain.ErrRefused):
		return false, err
	}
	return false, nil
}
