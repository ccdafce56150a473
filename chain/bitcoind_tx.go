package chain

import (
	"context"
	"encoding/hex"
	"fmt"
)

// Broadcast asks sendrawtransaction, which may be repeated as long as the
// transaction waits. Once it is in a block bitcoind knows it only while an
// output is unspent, so the wallet is asked first, and once more when the
// node says no.
func (n *core) Broadcast(ctx context.Context, p Prepared) error {
	tx, err := n.Tx(ctx, p.TxID)
	if err != nil || tx.State == Confirmed {
		return err
	}
	var txid string
	err = n.ask(ctx, &txid, "sendrawtransaction", hex.EncodeToString(p.Raw))
	switch code(err) {
	case coreAlreadyInChain:
		return nil
	case coreVerify, coreRejected:
	default:
		return err
	}
	if tx, txErr := n.Tx(ctx, p.TxID); txErr != nil || tx.State == Confirmed {
		return txErr
	}
	return refusal(ctx, n, err)
}

// Tx asks gettransaction. A transaction that the operator abandoned is
// Unknown: the wallet has stopped to believe in it.
func (n *core) Tx(ctx context.Context, txid string) (TxStatus, error) {
	if b, err := hex.DecodeString(txid); err != nil || len(b) != 32 {
		return TxStatus{}, fmt.Errorf("chain: %q is no txid", txid)
	}
	var answer struct {
		Confirmations int64
		BlockHash     string `json:",omitempty"` // of what has a block, likewise its height
		BlockHeight   *int64 `json:",omitempty"`
		Details       []struct {
			Abandoned bool `json:",omitempty"` // only of what was sent
		}
	}
	err := n.ask(ctx, &answer, "gettransaction", txid)
	switch {
	case code(err) == coreAddress:
		return TxStatus{State: Unknown}, nil
	case err != nil:
		return TxStatus{}, err
	case answer.Confirmations < 0:
		return TxStatus{State: Conflicted, Confirmations: answer.Confirmations}, nil
	case answer.Confirmations > 0:
		hash, height, err := blockOf(answer.BlockHash, answer.BlockHeight)
		return TxStatus{State: Confirmed, Confirmations: answer.Confirmations, BlockHash: hash, Height: height}, err
	}
	for _, d := range answer.Details {
		if d.Abandoned {
			return TxStatus{State: Unknown}, nil
		}
	}
	return TxStatus{State: Mempool}, nil
}
