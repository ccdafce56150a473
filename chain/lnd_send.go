package chain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/btcsuite/btcd/btcutil/v2"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lnd"
)

// fundTries is how often we choose coins anew when another client of the same
// wallet was faster.
const fundTries = 5

// Quote chooses coins as Prepare would. Funding for real and giving the coins
// back would lock them for a moment and use up a change address each time.
func (n *lndWallet) Quote(ctx context.Context, outs []Output, rate FeeRate) (amount.Msat, error) {
	pays, err := paymentsOf(n.params, outs)
	if err != nil {
		return 0, err
	}
	_, fee, err := n.choose(ctx, pays, max(rate, minFeeRate))
	return msats(fee), err
}

// choose picks coins and leaves LND the reserve it wants for its channels. A
// coin whose block is gone (see lndBest) is not chosen.
func (n *lndWallet) choose(ctx context.Context, pays []payment, rate FeeRate) ([]lndCoin, btcutil.Amount, error) {
	coins, err := n.coins(ctx)
	if err != nil {
		return nil, 0, err
	}
	var b lndBalance
	if err := n.ask(ctx, http.MethodGet, "/v1/balance/blockchain", nil, &b); err != nil {
		return nil, 0, err
	}
	for {
		picked, fee, err := pick(coins, pays, rate, b.Reserved)
		if err != nil {
			return nil, 0, err
		}
		gone, err := n.gone(ctx, picked)
		if err != nil || len(gone) == 0 {
			return picked, fee, err
		}
		coins = slices.DeleteFunc(coins, func(c lndCoin) bool { return gone[c.Outpoint.TxID] })
	}
}

// Prepare funds with walletrpc.FundPsbt, which leases the coins, and signs
// with FinalizePsbt. Inputs signal replaceability (BIP 125).
func (n *lndWallet) Prepare(ctx context.Context, outs []Output, rate FeeRate, maxFee amount.Msat) (Prepared, error) {
	pays, err := paymentsOf(n.params, outs)
	if err != nil {
		return Prepared{}, err
	}
	funded, held, err := n.fund(ctx, pays, max(rate, minFeeRate), maxFee)
	if err != nil {
		return Prepared{}, err
	}
	begun := time.Now()
	p, err := n.sign(ctx, funded, pays, maxFee)
	if err != nil {
		// What the caller will never hear of must not stay locked.
		over := n.Release(context.WithoutCancel(ctx), held)
		if over != nil {
			n.doubt.add(held.Inputs, begun)
		}
		return Prepared{}, errors.Join(err, over)
	}
	return p, nil
}

// fund returns a PSBT with leased inputs, and the inputs.
func (n *lndWallet) fund(ctx context.Context, pays []payment, rate FeeRate, maxFee amount.Msat) ([]byte, Prepared, error) {
	n.funding.Lock()
	defer n.funding.Unlock()
	if err := n.settle(ctx); err != nil {
		return nil, Prepared{}, err
	}
	outputs := make(map[string]btcutil.Amount, len(pays))
	for _, p := range pays {
		outputs[p.address] = p.sat
	}
	for try := 1; ; try++ {
		coins, fee, err := n.choose(ctx, pays, rate)
		if err != nil {
			return nil, Prepared{}, err
		}
		if fee > sats(maxFee) {
			return nil, Prepared{}, fmt.Errorf("%w: %d sat instead of %d", ErrFeeTooHigh, fee, sats(maxFee))
		}
		held := Prepared{}
		inputs := make([]lndOutpoint, 0, len(coins))
		for _, c := range coins {
			inputs = append(inputs, c.Outpoint)
			held.Inputs = append(held.Inputs, Outpoint{TxID: c.Outpoint.TxID, Vout: c.Outpoint.Index})
		}
		var answer struct {
			PSBT []byte `json:"funded_psbt"`
		}
		begun := time.Now()
		err = n.ask(ctx, http.MethodPost, "/v2/wallet/psbt/fund", map[string]any{
			"raw":                     map[string]any{"inputs": inputs, "outputs": outputs},
			"sat_per_kw":              rate.perKW(),
			"spend_unconfirmed":       true, // the inputs say which
			"change_type":             "CHANGE_ADDRESS_TYPE_P2TR",
			"custom_lock_id":          lndLock[:],
			"lock_expiration_seconds": int64(lndPrepareLease / time.Second),
		}, &answer)
		if err == nil {
			return answer.PSBT, held, nil
		}
		var reply *lnd.Reply
		if lndSilent(err) { // it may have leased them
			n.doubt.add(held.Inputs, begun)
		}
		if try == fundTries || !errors.As(err, &reply) || !reply.Says("list of non locked utxo") {
			return nil, Prepared{}, err
		}
	}
}

func (n *lndWallet) sign(ctx context.Context, funded []byte, pays []payment, maxFee amount.Msat) (Prepared, error) {
	values, err := inputValues(funded)
	if err != nil {
		return Prepared{}, err
	}
	var answer struct {
		Raw []byte `json:"raw_final_tx"`
	}
	ask := map[string]any{"funded_psbt": funded}
	if err := n.ask(ctx, http.MethodPost, "/v2/wallet/psbt/finalize", ask, &answer); err != nil {
		return Prepared{}, err
	}
	return checkSigned(answer.Raw, values, pays, maxFee)
}
