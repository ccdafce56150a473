package worker

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// inStep is an error unless the node has the tip. One that reads the chain
// again (LND with --reset-wallet-transactions, bitcoind with -reindex) knows
// less than it knew, and what it does not know has not left the chain.
func inStep(ctx context.Context, node chain.Node) error {
	info, err := node.Info(ctx)
	if err == nil && !info.Synced {
		err = fmt.Errorf("%w: it is at block %d", chain.ErrWarmingUp, info.Height)
	}
	return err
}

// walletKnows is an error unless the node has the same wallet, and has read its blocks. To
// another one, and in the middle of a rescan, a coin that is where it was is unknown,
// and what came meanwhile is not listed: neither may take a deposit or a payment back,
// or move the cursor. It is asked after the answers that it is about.
func walletKnows(ctx context.Context, d *db.DB, node chain.Node) (deposit.Wallet, error) {
	w, _, err := deposit.Ours(ctx, d.Read(), node)
	if err != nil {
		return nil, err
	}
	scans, err := node.Rescans(ctx)
	if err == nil && scans {
		err = fmt.Errorf("%w: the wallet rescans", chain.ErrWarmingUp)
	}
	return w, err
}

// maySayNo reports whether what the node says against a payment on the chain counts:
// it has the tip and the wallet that signed the payment. A wallet that reads the chain
// again forgot what it will find, and another one has never heard of the payment, were it
// declared. It may know the coins that were spent and not by what, and its refusal to
// send the payment once more is no contradiction then.
func maySayNo(ctx context.Context, d *db.DB, node chain.Node, o *paymentorder.Order) (bool, error) {
	if err := inStep(ctx, node); err != nil {
		return false, err
	}
	w, err := walletKnows(ctx, d, node)
	return err == nil && !w.Another(o.Node), err
}
