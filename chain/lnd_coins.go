package chain

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// lndCoin is a coin that can be spent now.
type lndCoin struct {
	Script   string         `json:"pk_script"`
	Sat      btcutil.Amount `json:"amount_sat,string"`
	Depth    int64          `json:"confirmations,string"`
	Outpoint lndOutpoint    `json:"outpoint"`

	size lndSize
}

// lndOutpoint is lnrpc.OutPoint.
type lndOutpoint struct {
	TxID  string `json:"txid_str"`
	Index uint32 `json:"output_index"`
}

// lndSize is what an input takes: bytes outside the witness, weight inside.
type lndSize struct{ base, witness int64 }

// sizeOf returns the size of the input that spends a script, with the largest
// signature there can be, as LND reckons it (btcwallet's txsizes).
func sizeOf(script []byte) lndSize {
	switch {
	case txscript.IsPayToTaproot(script):
		return lndSize{41, 67}
	case txscript.IsPayToScriptHash(script): // holds P2WPKH
		return lndSize{64, 109}
	default: // P2WPKH
		return lndSize{41, 109}
	}
}

// coins lists what may pay for a withdrawal, the best first: confirmed coins
// by size, then our own change that waits for its block. Deposits that wait
// are left alone, because whoever sent them can still take them back.
func (n *lndWallet) coins(ctx context.Context) ([]lndCoin, error) {
	var answer struct{ UTXOs []lndCoin }
	ask := map[string]any{"min_confs": 0, "max_confs": 1<<31 - 1, "account": "default"}
	if err := n.ask(ctx, http.MethodPost, "/v2/wallet/utxos", ask, &answer); err != nil {
		return nil, err
	}
	var trusted map[string]bool
	coins := answer.UTXOs[:0]
	for _, c := range answer.UTXOs {
		if c.Depth == 0 && trusted == nil {
			var err error
			if trusted, err = n.pendingOwn(ctx); err != nil {
				return nil, err
			}
		}
		if c.Depth == 0 && !trusted[c.Outpoint.TxID] {
			continue
		}
		script, err := hex.DecodeString(c.Script)
		if err != nil {
			return nil, fmt.Errorf("lnd: script of a coin: %w", err)
		}
		c.size = sizeOf(script)
		coins = append(coins, c)
	}
	slices.SortStableFunc(coins, func(a, b lndCoin) int {
		switch {
		case (a.Depth > 0) != (b.Depth > 0):
			return int(min(b.Depth, 1) - min(a.Depth, 1))
		case a.Sat > b.Sat:
			return -1
		case a.Sat < b.Sat:
			return 1
		}
		return 0
	})
	return coins, nil
}

// pendingOwn returns the unconfirmed transactions that only the wallet paid
// for.
func (n *lndWallet) pendingOwn(ctx context.Context) (map[string]bool, error) {
	waiting, err := n.waiting(ctx)
	if err != nil {
		return nil, err
	}
	own := make(map[string]bool)
	for _, t := range waiting {
		if t.own() {
			own[t.TxHash] = true
		}
	}
	return own, nil
}

// waiting lists the unconfirmed transactions of the wallet.
func (n *lndWallet) waiting(ctx context.Context) ([]lndTx, error) {
	var answer struct{ Transactions []lndTx }
	path := "/v1/transactions?start_height=-1&end_height=-1"
	if err := n.ask(ctx, http.MethodGet, path, nil, &answer); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(answer.Transactions, func(t lndTx) bool { return t.Confirmations > 0 }), nil
}

// Size of a P2TR output, and the least it may hold.
const (
	taprootOutput = 8 + 1 + 34
	taprootDust   = 3 * (taprootOutput + 67)
)

// pick chooses coins for the payments and tells the fee that LND will take
// for them: the rate for the whole size, a change output always counted, and
// what is left when the change would be dust. ErrNoFunds if they do not
// suffice, or if less than reserve would stay.
func pick(coins []lndCoin, pays []payment, rate FeeRate, reserve btcutil.Amount) (picked []lndCoin, fee btcutil.Amount, err error) {
	due, have, spendable := btcutil.Amount(0), btcutil.Amount(0), btcutil.Amount(0)
	outs := int64(taprootOutput) // the change
	for _, p := range pays {
		due += p.sat
		outs += 8 + int64(wire.VarIntSerializeSize(uint64(len(p.script)))) + int64(len(p.script))
	}
	for _, c := range coins {
		spendable += c.Sat
	}
	var size lndSize
	for i, c := range coins {
		have += c.Sat
		size.base, size.witness = size.base+c.size.base, size.witness+c.size.witness
		ins := int64(wire.VarIntSerializeSize(uint64(i + 1)))
		vsize := 8 + ins + int64(wire.VarIntSerializeSize(uint64(len(pays)))) + size.base + outs + (2+ins+size.witness+3)/4
		fee = btcutil.Amount(4 * rate.perKW() * vsize / 1000)
		if have < due+fee {
			continue
		}
		if change := have - due - fee; change < taprootDust {
			fee += change
		}
		if spendable-due-fee < reserve {
			break
		}
		return coins[:i+1], fee, nil
	}
	return nil, 0, fmt.Errorf("%w: %d of %d sat", ErrNoFunds, spendable, due)
}
