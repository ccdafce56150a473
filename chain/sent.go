package chain

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/amount"
)

// Sent is a transaction that spent coins of the wallet, whoever asked for it.
type Sent struct {
	TxID          string
	Amount        amount.Msat // that left the wallet, the fee included
	Confirmations int64       // 0 in the mempool
	At            int64       // when the wallet met it, seconds since 1970
	// Inside says that all of it but the fee stays in the operator's hands: it
	// pays the wallet itself, or the node says that it serves its channels.
	Inside bool
	Label  string // the node's own word for it; "" none
	// Paid is to whom the rest went: not to the wallet. The address is "" where a script
	// has none.
	Paid []Output
}

// ErrNotSent means that the wallet knows of no such transaction, or spent no coin of its
// own in it, or that it was abandoned, replaced, or contradicted by a block.
var ErrNotSent = errors.New("chain: the wallet did not send that transaction")

// ErrOtherPast means that the node has not what it had when the cursor was
// given: it follows another chain, or was set back.
var ErrOtherPast = errors.New("chain: the node does not know the block that was looked at before")

// whole is a transaction that the wallet sent, as whoever signed it could have stored it.
// Its fee is what left the wallet and nobody was paid. That it pays what the node says is
// read from the transaction itself, else it is ErrWrongTx.
func whole(params *chaincfg.Params, s Sent, raw []byte) (Prepared, error) {
	var tx wire.MsgTx
	r := bytes.NewReader(raw)
	if err := tx.Deserialize(r); err != nil {
		return Prepared{}, fmt.Errorf("%w: %w", ErrWrongTx, err)
	}
	p := Prepared{TxID: tx.TxHash().String(), Raw: raw, Fee: s.Amount, Inputs: outpointsOf(&tx)}
	if r.Len() != 0 || p.TxID != s.TxID {
		return Prepared{}, fmt.Errorf("%w: it is %s, and %s was asked for", ErrWrongTx, p.TxID, s.TxID)
	}
	type output struct {
		script string
		sat    btcutil.Amount
	}
	there := map[output]int{}
	for _, out := range tx.TxOut {
		there[output{string(out.PkScript), btcutil.Amount(out.Value)}]++
	}
	for _, to := range s.Paid {
		p.Fee -= to.Amount
		if to.Address == "" {
			continue
		}
		script, err := scriptOf(params, to.Address)
		if err != nil {
			return Prepared{}, err
		}
		out := output{string(script), sats(to.Amount)}
		if there[out]--; there[out] < 0 {
			return Prepared{}, fmt.Errorf("%w: %s does not pay %d sat to %s", ErrWrongTx, s.TxID, out.sat, to.Address)
		}
	}
	return p, nil
}
