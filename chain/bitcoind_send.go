package chain

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/amount"
)

// Quote asks walletcreatefundedpsbt and locks nothing. The change goes to an
// address that nobody has, so that no address of ours is used up; it is never
// signed.
func (n *core) Quote(ctx context.Context, outs []Output, rate FeeRate) (amount.Msat, error) {
	nowhere, err := address.NewAddressWitnessPubKeyHash(make([]byte, 20), n.params)
	if err != nil {
		return 0, err
	}
	pays, err := paymentsOf(n.params, outs)
	if err != nil {
		return 0, err
	}
	funded, err := n.fund(ctx, pays, rate, map[string]any{"changeAddress": nowhere.EncodeAddress()})
	if err != nil {
		return 0, err
	}
	fee, err := satsOf(funded.Fee)
	return msats(fee), err
}

// Prepare runs walletcreatefundedpsbt, lockunspent for the coins that it chose,
// walletprocesspsbt and finalizepsbt.
func (n *core) Prepare(ctx context.Context, outs []Output, rate FeeRate, maxFee amount.Msat) (Prepared, error) {
	pays, err := paymentsOf(n.params, outs)
	if err != nil {
		return Prepared{}, err
	}
	funded, values, err := n.choose(ctx, pays, rate)
	if err != nil {
		return Prepared{}, err
	}
	p, err := n.sign(ctx, funded.PSBT, values, pays, maxFee)
	if err != nil {
		// What the caller will never hear of must not stay locked.
		coins := inputsOf(values)
		over := n.Release(context.WithoutCancel(ctx), Prepared{Inputs: coins})
		if over != nil {
			n.doubt.add(coins, time.Now())
		}
		return Prepared{}, errors.Join(err, over)
	}
	return p, nil
}

// inputsOf lists the inputs of a PSBT in an order that does not change.
func inputsOf(values map[wire.OutPoint]btcutil.Amount) []Outpoint {
	ops := make([]Outpoint, 0, len(values))
	for op := range values {
		ops = append(ops, Outpoint{TxID: op.Hash.String(), Vout: op.Index})
	}
	slices.SortFunc(ops, func(a, b Outpoint) int {
		return cmp.Or(strings.Compare(a.TxID, b.TxID), cmp.Compare(a.Vout, b.Vout))
	})
	return ops
}

type coreFunded struct {
	PSBT string
	Fee  json.Number
}

// fund asks for a PSBT that pays and can be replaced (BIP 125).
func (n *core) fund(ctx context.Context, pays []payment, rate FeeRate, options map[string]any) (coreFunded, error) {
	outputs := make([]map[string]json.Number, 0, len(pays))
	for _, p := range pays {
		outputs = append(outputs, map[string]json.Number{p.address: coinsOf(p.sat)})
	}
	options["replaceable"] = true
	options["feeRate"] = coinsOf(btcutil.Amount(max(rate, minFeeRate))) // bitcoin per 1000 vB
	var funded coreFunded
	err := n.ask(ctx, &funded, "walletcreatefundedpsbt", []any{}, outputs, 0, options)
	return funded, err
}

func (n *core) sign(ctx context.Context, psbt string, values map[wire.OutPoint]btcutil.Amount, pays []payment, maxFee amount.Msat) (Prepared, error) {
	var signed struct{ PSBT string }
	if err := n.ask(ctx, &signed, "walletprocesspsbt", psbt); err != nil {
		return Prepared{}, err
	}
	var final struct {
		Hex      string `json:",omitempty"` // only of what is complete
		Complete bool
	}
	if err := n.ask(ctx, &final, "finalizepsbt", signed.PSBT); err != nil {
		return Prepared{}, err
	}
	if !final.Complete {
		return Prepared{}, n.unsigned(ctx)
	}
	raw, err := hex.DecodeString(final.Hex)
	if err != nil {
		return Prepared{}, fmt.Errorf("%w: %w", ErrWrongTx, err)
	}
	return checkSigned(raw, values, pays, maxFee)
}

// unsigned says why a transaction came back without all signatures: older
// nodes do not mention that they are locked.
func (n *core) unsigned(ctx context.Context) error {
	var wallet struct {
		Until *int64 `json:"unlocked_until,omitempty"` // missing without a password
	}
	if err := n.ask(ctx, &wallet, "getwalletinfo"); err != nil {
		return err
	}
	if wallet.Until != nil && *wallet.Until == 0 {
		return ErrLocked
	}
	return fmt.Errorf("%w: the wallet cannot sign all of it", ErrWrongTx)
}
