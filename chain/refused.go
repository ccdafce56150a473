package chain

import (
	"context"
	"fmt"
)

// refused turns the no of a node into ErrRefused, unless the node lags: it may
// not know yet the coins that are spent, and says no to every transaction.
func refused(ctx context.Context, n Node, no error) error {
	info, err := n.Info(ctx)
	switch {
	case err != nil:
		return err
	case !info.Synced:
		return fmt.Errorf("%w: %w", ErrWarmingUp, no)
	}
	return fmt.Errorf("%w: %w", ErrRefused, no)
}
