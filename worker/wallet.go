package worker

import (
	"context"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// walletKnows is an error unless the node has the same wallet, and has read its blocks. To
// another one, and in the middle of a rescan, a coin that is where it was is unknown,
// and what came meanwhile is not listed: neither may take a deposit or a payment back,
// or move the cursor. It is asked after the answers that it is about.
func walletKnows(ctx context.Context, d *db.DB, node chain.Node) (deposit.Wallet, error) {
	w, _, err := deposit.Ours(ctx, d.Read(), node)
	if err != nil {
		return nil, err
	}
	return w, chain.HasRead(ctx, node)
}

// maySayNo reports whether what the node says against a payment on the chain counts:
// it has the tip and the wallet that signed the payment. A wallet that reads the chain
// again forgot what it will find, and another one has never heard of the payment, were it
// declared. It may know the coins that were spent and not by what, and its refusal to
// send the payment once more is no contradiction then.
func maySayNo(ctx context.Context, d *db.DB, node chain.Node, o *paymentorder.Order) (bool, error) {
	if _, err := chain.InStep(ctx, node); err != nil {
		return false, err
	}
	w, err := walletKnows(ctx, d, node)
	return err == nil && !w.Another(o.Node), err
}
