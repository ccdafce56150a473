package worker

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
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
