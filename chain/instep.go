package chain

import (
	"context"
	"fmt"
)

// InStep is what the node says of itself, and ErrWarmingUp unless it has the tip. One that
// reads the chain again (LND with --reset-wallet-transactions, bitcoind with -reindex) knows
// less than it knew, and what it does not know has not left the chain.
func InStep(ctx context.Context, n Node) (Info, error) {
	info, err := n.Info(ctx)
	if err == nil && !info.Synced {
		err = fmt.Errorf("%w: it is at block %d", ErrWarmingUp, info.Height)
	}
	return info, err
}

// HasRead is ErrWarmingUp while the wallet reads past blocks again: to it a coin that is where
// it was is unknown, and what it sent was not sent. It is asked after the answers that it is
// about.
func HasRead(ctx context.Context, n Node) error {
	scans, err := n.Rescans(ctx)
	if err == nil && scans {
		err = fmt.Errorf("%w: the wallet rescans", ErrWarmingUp)
	}
	return err
}
