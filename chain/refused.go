package chain

import (
	"context"
	"fmt"
	"strings"
)

// notNow are the words of a mempool that passes a transaction by: Bitcoin Core
// (validation.cpp), btcd (mempool), and LND, which passes them on.
var notNow = []string{
	"mempool min fee not met", "min relay fee not met", "mempool full", "too long mempool chain", "insufficient priority",
	"because of low fees", "fees which is under the required amount",
}

// refused turns the no of a node into ErrRefused, unless the node lags: it may
// not know yet the coins that are spent, and says no to every transaction.
//
// A mempool that asks for a higher fee, or is full, says nothing about what the
// chain will do: whoever has the transaction may still mine it (ErrNotNow).
func refused(ctx context.Context, n Node, no error) error {
	info, err := n.Info(ctx)
	switch {
	case err != nil:
		return err
	case !info.Synced:
		return fmt.Errorf("%w: %w", ErrWarmingUp, no)
	}
	said := strings.ToLower(strings.NewReplacer("-", " ", "_", " ").Replace(no.Error()))
	for _, s := range notNow {
		if strings.Contains(said, s) {
			return fmt.Errorf("%w: %w", ErrNotNow, no)
		}
	}
	return fmt.Errorf("%w: %w", ErrRefused, no)
}
