package worker_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/worker"
)

// leaving is a node in whose call to Cancel something else happens.
type leaving struct {
	*purse
	during func()
}

func (n leaving) Cancel(ctx context.Context, h lightning.Hash) error {
	n.during()
	return n.purse.Cancel(ctx, h)
}

// vault plays a wallet that signs and keeps what is sent.
type vault struct {
	chain.Node
	made    int
	held    int // coins
	sent    []string
	refuses error
	signing func()
	state   chain.State // of what was sent
	parent  chain.State // of the transactions whose coins it spends
	roots   int         // how often it was asked for those
	rootErr error       // what it says then
	keys    []string
	scans   bool
	behind  bool // it has not got the tip
}

func (w *vault) Info(context.Context) (chain.Info, error) {
	return chain.Info{Kind: "bitcoind", Synced: !w.behind, Height: 100}, nil
}

func (w *vault) Prepare(context.Context, []chain.Output, chain.FeeRate, amount.Msat) (chain.Prepared, error) {
	if w.signing != nil {
		w.signing()
	}
	w.made++
	w.held++
	txid := fmt.Sprintf("%064x", w.made)
	return chain.Prepared{TxID: txid, Raw: []byte(txid), Fee: 1000, Inputs: []chain.Outpoint{{TxID: parentOf + txid[len(parentOf):], Vout: 1}}}, nil
}

func (w *vault) Hold(context.Context, chain.Prepared) error { return nil }

func (w *vault) Release(context.Context, chain.Prepared) error {
	w.held--
	return nil
}

func (w *vault) Broadcast(_ context.Context, p chain.Prepared) error {
	if w.refuses != nil {
		return w.refuses
	}
	w.sent = append(w.sent, p.TxID)
	return nil
}

// parentOf begins the ids of the transactions whose coins a vault spends.
const parentOf = "feed"

func (w *vault) Tx(_ context.Context, txid string) (chain.TxStatus, error) {
	if strings.HasPrefix(txid, parentOf) {
		w.roots++
		return chain.TxStatus{State: w.parent}, w.rootErr
	}
	return chain.TxStatus{State: w.state, Confirmations: 1}, nil
}

func (w *vault) Keys(context.Context) ([]string, error) { return w.keys, nil }
func (w *vault) Rescans(context.Context) (bool, error)  { return w.scans, nil }

// pays lets the worker for the chain take a step, at the first instance.
func (r *room) pays(w chain.Node) {
	r.Helper()
	p := &worker.Pay{DB: r.DB, Chain: w, Clock: func() time.Time { return time.Unix(0, 0) }, Log: r.log(), Poll: time.Second, Final: 3, Frozen: &r.frozen}
	if _, err := did(p.Step(r.Context())); err != nil {
		r.Log(err)
	}
}
