package worker

import (
	"cmp"
	"context"
	"errors"
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

// errOtherWallet says that the node has another wallet than it had.
var errOtherWallet = errors.New("worker: the wallet has none of the keys that it had; payments and what it has forgotten wait until they are back or it is declared")

// theWallet is the wallet of the node, and the key by which it is known. It is
// errOtherWallet unless that is the one that was looked at last: this gateway may not know
// yet that the node has another one.
func theWallet(ctx context.Context, d *db.DB, node chain.Node) (deposit.Wallet, string, error) {
	w, err := node.Keys(ctx)
	if err != nil {
		return nil, "", err
	}
	key, same, err := deposit.Known(ctx, d.Read(), w)
	if err != nil || !same {
		return nil, "", cmp.Or(err, errOtherWallet)
	}
	return w, key, nil
}

// walletKnows is an error unless the node has the same wallet, and has read its blocks. To
// another one, and in the middle of a rescan, a coin that is where it was is unknown,
// and what came meanwhile is not listed: neither may take a deposit or a payment back,
// or move the cursor. It is asked after the answers that it is about.
func walletKnows(ctx context.Context, d *db.DB, node chain.Node) (deposit.Wallet, error) {
	w, _, err := theWallet(ctx, d, node)
	if err != nil {
		return nil, err
	}
	scans, err := node.Rescans(ctx)
	if err == nil && scans {
		err = fmt.Errorf("%w: the wallet rescans", chain.ErrWarmingUp)
	}
	return w, err
}
