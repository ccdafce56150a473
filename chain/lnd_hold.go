package chain

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bitcoim/bitcoim/lnd"
)

// lndLock is the name under which we lease coins. It is the same for ever, so
// that a lease can be renewed or ended after any restart.
var lndLock = sha256.Sum256([]byte("bitcoim: coins of a prepared transaction"))

// LND keeps leases over its restarts, but none without an end. The first one
// is short: a transaction that a crash of the gateway takes away before it is
// stored takes its coins with it until then. It lasts longer than the gateway
// takes to store one, and its orders wait longer for coins.
const (
	lndPrepareLease = 3 * time.Minute
	lndHoldLease    = 30 * 24 * time.Hour
)

// Hold leases the coins for a month more.
func (n *lndWallet) Hold(ctx context.Context, p Prepared) error {
	n.doubt.clear(p.Inputs)
	for _, in := range p.Inputs {
		err := n.lease(ctx, "lease", in, lndHoldLease)
		if err == nil {
			continue
		}
		if !lndSpent(err) {
			return err
		}
		if tx, txErr := n.Tx(ctx, p.TxID); txErr != nil {
			return txErr
		} else if tx.State == Unknown {
			return refused(ctx, n, fmt.Errorf("coin %s:%d is gone: %w", in.TxID, in.Vout, err))
		}
	}
	return nil
}

// Release ends the leases. A coin that is spent has none.
func (n *lndWallet) Release(ctx context.Context, p Prepared) error {
	var errs []error
	for _, in := range p.Inputs {
		if err := n.lease(ctx, "release", in, 0); err != nil && !lndSpent(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// settle ends the leases of which nobody knows whether they were given. A lease
// that is over by itself may be another's by now and is left alone, and what LND
// will not end is not ours. Funding is locked.
func (n *lndWallet) settle(ctx context.Context) error {
	now := time.Now()
	n.doubt.clear(n.doubt.before(now.Add(-lndPrepareLease)))
	for _, c := range n.doubt.before(now) {
		coin := []Outpoint{c}
		if err := n.Release(ctx, Prepared{Inputs: coin}); err != nil && lndSilent(err) {
			return err
		}
		n.doubt.clear(coin)
	}
	return nil
}

// lndSilent reports whether an error is not LND's own word.
func lndSilent(err error) bool {
	var reply *lnd.Reply
	return !errors.As(err, &reply) || errors.Is(err, ErrUnreachable)
}

func (n *lndWallet) lease(ctx context.Context, verb string, in Outpoint, d time.Duration) error {
	ask := map[string]any{"id": lndLock[:], "outpoint": lndOutpoint{TxID: in.TxID, Index: in.Vout}}
	if d > 0 {
		ask["expiration_seconds"] = int64(d / time.Second)
	}
	return n.ask(ctx, http.MethodPost, "/v2/wallet/utxos/"+verb, ask, new(struct{}))
}

// lndSpent reports whether LND knows the coin no longer (wtxmgr).
func lndSpent(err error) bool {
	var reply *lnd.Reply
	return errors.As(err, &reply) && reply.Says("unknown output")
}
