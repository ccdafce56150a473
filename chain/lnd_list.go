package chain

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"github.com/bitcoim/bitcoim/lnd"
)

// lndMissing is what LND says of a height at which it mixed up two blocks: an
// old one that it failed to roll back, and the one in its place (see lndBest).
var lndMissing = regexp.MustCompile(`missing transaction ([0-9a-f]{64}) for block (\d+)`)

// list asks /v1/transactions for the heights from..to; a to below zero is the
// mempool. Where LND fails for good, it lists what is around, and of the
// height itself what can be found by other ways.
func (n *lndWallet) list(ctx context.Context, tip Info, from, to int64) ([]lndTx, error) {
	var answer struct{ Transactions []lndTx }
	err := n.ask(ctx, http.MethodGet, fmt.Sprintf("/v1/transactions?start_height=%d&end_height=%d", from, to), nil, &answer)
	var reply *lnd.Reply
	if !errors.As(err, &reply) {
		return answer.Transactions, err
	}
	missing := lndMissing.FindStringSubmatch(reply.Message)
	if missing == nil {
		return nil, err
	}
	height, parseErr := strconv.ParseInt(missing[2], 10, 32)
	if parseErr != nil || height < from || to >= 0 && height > to {
		return nil, err
	}
	all, err := n.listMixed(ctx, tip, height, missing[1])
	if err != nil {
		return nil, err
	}
	for _, part := range [][2]int64{{from, height - 1}, {height + 1, to}} {
		if part[1] >= 0 && part[0] > part[1] {
			continue
		}
		more, err := n.list(ctx, tip, part[0], part[1])
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// listMixed finds the transactions at a height that LND cannot list: the one
// that it names, and those of the coins that are not spent yet.
func (n *lndWallet) listMixed(ctx context.Context, tip Info, height int64, txid string) ([]lndTx, error) {
	deep := tip.Height - height + 1
	var coins struct{ UTXOs []lndCoin }
	ask := map[string]any{"min_confs": max(1, deep-Overlap), "max_confs": deep + Overlap} // the wallet may be behind the node
	if err := n.ask(ctx, http.MethodPost, "/v2/wallet/utxos", ask, &coins); err != nil {
		return nil, err
	}
	ids := map[string]bool{txid: true}
	for _, c := range coins.UTXOs {
		ids[c.Outpoint.TxID] = true
	}
	var all []lndTx
	for id := range ids {
		t, known, err := n.transaction(ctx, id)
		if err != nil {
			return nil, err
		}
		if known && t.Confirmations > 0 && t.BlockHeight == height {
			all = append(all, t)
		}
	}
	return all, nil
}

// transaction asks walletrpc.GetTransaction; false if the wallet has it not.
func (n *lndWallet) transaction(ctx context.Context, txid string) (lndTx, bool, error) {
	var t lndTx
	err := n.ask(ctx, http.MethodGet, "/v2/wallet/tx?txid="+txid, nil, &t)
	var reply *lnd.Reply
	if errors.As(err, &reply) && reply.Says("can not find transaction") {
		return t, false, nil
	}
	return t, err == nil, err
}

// base64URL writes bytes as grpc-gateway reads them in a query.
func base64URL(b []byte) string { return url.QueryEscape(base64.StdEncoding.EncodeToString(b)) }
