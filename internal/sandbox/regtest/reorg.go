package regtest

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Reorg replaces the last depth blocks by a longer branch of depth+1 blocks.
// The transactions of the old branch go back to the mempool and into the new
// one.
func (c *Chain) Reorg(ctx context.Context, depth int) (hashes []string, err error) {
	if err := c.Undo(ctx, depth); err != nil {
		return nil, err
	}
	return c.Mine(ctx, depth+1)
}

// Undo takes the last depth blocks away and leaves the chain shorter.
//
// LND's wallet (btcwallet v0.16.17) follows one block only: a payment in a
// deeper one stays confirmed in its books, with the hash of the old block.
func (c *Chain) Undo(ctx context.Context, depth int) error {
	tip, err := c.Height(ctx)
	if err != nil {
		return err
	}
	hash, err := c.Hash(ctx, tip-int64(depth)+1)
	if err != nil {
		return err
	}
	return c.Invalidate(ctx, hash)
}

// Replace takes back a payment of Fund or Pay that waits in the mempool: it
// spends the same coins to the chain's own key, for a higher fee (BIP 125).
func (c *Chain) Replace(ctx context.Context, txid string) (replacement string, err error) {
	var raw string
	if err := c.RPC.Call(ctx, "getrawtransaction", &raw, txid); err != nil {
		return "", err
	}
	var old wire.MsgTx
	if err := old.Deserialize(hex.NewDecoder(bytes.NewReader([]byte(raw)))); err != nil {
		return "", err
	}
	tx, have := wire.NewMsgTx(2), int64(0)
	for _, in := range old.TxIn {
		coin, err := c.output(ctx, in.PreviousOutPoint.Hash, in.PreviousOutPoint.Index)
		if err != nil {
			return "", err
		}
		have += coin
		again := wire.NewTxIn(&in.PreviousOutPoint, nil, nil)
		again.Sequence = replace
		tx.AddTxIn(again)
	}
	tx.AddTxOut(wire.NewTxOut(have-3*fee*int64(len(tx.TxIn)), ownScript))
	return c.send(ctx, tx)
}

// output is what one output of a transaction is worth, in satoshis.
func (c *Chain) output(ctx context.Context, hash chainhash.Hash, index uint32) (int64, error) {
	var raw string
	if err := c.RPC.Call(ctx, "getrawtransaction", &raw, hash.String()); err != nil {
		return 0, err
	}
	var tx wire.MsgTx
	if err := tx.Deserialize(hex.NewDecoder(bytes.NewReader([]byte(raw)))); err != nil {
		return 0, err
	}
	if int(index) >= len(tx.TxOut) {
		return 0, fmt.Errorf("%s has no output %d", hash, index)
	}
	return tx.TxOut[index].Value, nil
}
