package chain

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// coreStray is how long we leave alone a coin of which we do not know whose lock it
// has: another gateway on the same wallet may have locked it between our choosing it
// and our locking it. That one has sent or stored its transaction by then.
const coreStray = 3 * time.Minute

// choose returns a PSBT that pays with coins that are locked for us, and the
// values of its inputs in satoshis.
//
// bitcoind could lock what it chooses in the same call. But if the answer to
// that call is lost, nobody knows what is locked, and bitcoind keeps such a lock
// until it stops. So the coins are chosen first, and then locked by name.
func (n *core) choose(ctx context.Context, pays []payment, rate FeeRate) (coreFunded, map[wire.OutPoint]btcutil.Amount, error) {
	n.funding.Lock()
	defer n.funding.Unlock()
	if err := n.settle(ctx); err != nil {
		return coreFunded{}, nil, err
	}
	for try := 1; ; try++ {
		funded, err := n.fund(ctx, pays, rate, map[string]any{"change_type": "bech32"})
		if err != nil {
			return coreFunded{}, nil, err
		}
		packet, err := base64.StdEncoding.DecodeString(funded.PSBT)
		if err != nil {
			return coreFunded{}, nil, fmt.Errorf("%w: %w", errPSBT, err)
		}
		values, err := inputValues(packet)
		if err != nil {
			return coreFunded{}, nil, err
		}
		taken, err := n.lock(ctx, inputsOf(values))
		if err == nil {
			return funded, values, nil
		}
		if try == fundTries || !taken {
			return coreFunded{}, nil, err
		}
	}
}

// lock asks lockunspent for all the coins at once, which locks all or none.
// taken reports that one of them is gone or was locked before: by another
// gateway, or by us when the answer was lost and rpcclient asked again. What may
// be ours is kept in doubt.
func (n *core) lock(ctx context.Context, coins []Outpoint) (taken bool, err error) {
	begun := time.Now()
	var ok bool
	switch err = n.ask(ctx, &ok, "lockunspent", false, coins); {
	case err == nil:
		n.doubt.clear(coins)
	case alreadyLocked(err), code(err) == 0: // or no word of bitcoind's own
		n.doubt.add(coins, begun.Add(coreStray))
	}
	return code(err) == coreParameter, err
}

// settle unlocks the coins of which nobody knows whether we locked them.
// Funding is locked.
func (n *core) settle(ctx context.Context) error {
	for _, c := range n.doubt.before(time.Now()) {
		coin := []Outpoint{c}
		if err := n.Release(ctx, Prepared{Inputs: coin}); err != nil {
			return err
		}
		n.doubt.clear(coin)
	}
	return nil
}

// alreadyLocked reports whether lockunspent refused because a coin is locked.
func alreadyLocked(err error) bool {
	return code(err) == coreParameter && strings.Contains(err.Error(), "already locked")
}
