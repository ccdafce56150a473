package chain

import (
	"context"
	"errors"
	"fmt"
)

// Hold asks lockunspent for locks that are kept on disk, which bitcoind can
// since version 23; older ones forget them when they stop.
func (n *core) Hold(ctx context.Context, p Prepared) error {
	n.doubt.clear(p.Inputs)
	for _, in := range p.Inputs {
		coins := []Outpoint{in}
		var ok bool
		err := n.ask(ctx, &ok, "lockunspent", false, coins, true)
		if c := code(err); c == coreMisc || c == coreUnknownParameter { // it answers with its help text
			err = n.ask(ctx, &ok, "lockunspent", false, coins)
		}
		switch {
		case err == nil, alreadyLocked(err):
			continue
		case code(err) != coreParameter:
			return err
		}
		// Not a coin any longer. By whom was it spent?
		if tx, txErr := n.Tx(ctx, p.TxID); txErr != nil {
			return txErr
		} else if tx.State != Mempool && tx.State != Confirmed {
			return refused(ctx, n, fmt.Errorf("coin %s:%d is gone: %w", in.TxID, in.Vout, err))
		}
	}
	return nil
}

// Release asks lockunspent for each coin. One that is not locked, or spent,
// is as it should be.
func (n *core) Release(ctx context.Context, p Prepared) error {
	var errs []error
	for _, in := range p.Inputs {
		var ok bool
		err := n.ask(ctx, &ok, "lockunspent", true, []Outpoint{in})
		if err != nil && code(err) != coreParameter {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
