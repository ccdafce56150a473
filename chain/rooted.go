package chain

import (
	"context"
	"fmt"
)

// Rooted reports whether each coin of a transaction is of one that is in the best
// chain, or a block has contradicted one of those. Ask it before Broadcast: then
// ErrRefused means that a coin was spent otherwise. Of a coin whose own transaction
// waits for a block, a mempool that has dropped that one says the same words, and
// both may be mined yet.
func Rooted(ctx context.Context, n Node, p Prepared) (bool, error) {
	rooted := true
	for _, in := range p.Inputs {
		parent, err := n.Tx(ctx, in.TxID)
		if err != nil {
			return false, fmt.Errorf("coin %s:%d: %w", in.TxID, in.Vout, err)
		}
		if parent.State == Conflicted {
			return true, nil
		}
		rooted = rooted && parent.State == Confirmed
	}
	return rooted, nil
}
