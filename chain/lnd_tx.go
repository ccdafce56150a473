package chain

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/bitcoim/bitcoim/lnd"
)

// Broadcast publishes with walletrpc.PublishTransaction. LND knows a
// transaction it has in a block only while an output of it is unspent, so the
// wallet is asked first, and once more when the node says no.
func (n *lndWallet) Broadcast(ctx context.Context, p Prepared) error {
	tx, err := n.Tx(ctx, p.TxID)
	if err != nil || tx.State == Confirmed {
		return err
	}
	var answer struct {
		Error string `json:"publish_error"`
	}
	err = n.ask(ctx, http.MethodPost, "/v2/wallet/tx", map[string]any{"tx_hex": p.Raw}, &answer)
	if err == nil && answer.Error != "" {
		err = &lnd.Reply{Message: answer.Error}
	}
	var reply *lnd.Reply
	if !errors.As(err, &reply) || !reply.Says(lndRefuses...) {
		return err
	}
	if tx, txErr := n.Tx(ctx, p.TxID); txErr != nil || tx.State == Confirmed {
		return txErr
	}
	return refusal(ctx, n, err)
}

// Tx asks walletrpc.GetTransaction. LND drops a transaction whose coins
// another one took in a block, so Conflicted is never said here. What LND
// takes for confirmed in a block that is gone is Unknown: it may wait, or never
// come.
func (n *lndWallet) Tx(ctx context.Context, txid string) (TxStatus, error) {
	if b, err := hex.DecodeString(txid); err != nil || len(b) != 32 {
		return TxStatus{}, fmt.Errorf("chain: %q is no txid", txid)
	}
	t, known, err := n.transaction(ctx, txid)
	switch {
	case err != nil:
		return TxStatus{}, err
	case !known:
		return TxStatus{State: Unknown}, nil
	case t.Confirmations <= 0:
		return TxStatus{State: Mempool}, nil
	}
	info, err := n.Info(ctx)
	if err != nil {
		return TxStatus{}, err
	}
	there, err := n.place(ctx, info, &t)
	if err != nil || !there {
		return TxStatus{}, err
	}
	return TxStatus{State: Confirmed, Confirmations: t.Confirmations, BlockHash: t.BlockHash, Height: t.BlockHeight}, nil
}
