package worker_test

import (
	"context"
	"sync"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

// between is a real node with somebody standing between it and the worker:
// before is called ahead of the real call, after when it was answered, and
// what they return is the answer instead.
type between struct {
	chain.Node
	mu     sync.Mutex
	before map[string]func(context.Context) error
	after  map[string]func(context.Context) error
	calls  map[string]int
}

func stand(node chain.Node) *between {
	return &between{Node: node, before: map[string]func(context.Context) error{}, after: map[string]func(context.Context) error{},
		calls: map[string]int{}}
}

func (b *between) meet(ctx context.Context, hooks map[string]func(context.Context) error, call string) error {
	b.mu.Lock()
	hook := hooks[call]
	b.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(ctx)
}

func answer[T any](ctx context.Context, b *between, call string, do func() (T, error)) (T, error) {
	b.mu.Lock()
	b.calls[call]++
	b.mu.Unlock()
	var none T
	if err := b.meet(ctx, b.before, call); err != nil {
		return none, err
	}
	got, err := do()
	if lost := b.meet(ctx, b.after, call); lost != nil {
		return none, lost
	}
	return got, err
}

func nothing(err error) (struct{}, error) { return struct{}{}, err }

func (b *between) Since(ctx context.Context, cursor string) (chain.Receipts, error) {
	return answer(ctx, b, "since", func() (chain.Receipts, error) { return b.Node.Since(ctx, cursor) })
}

func (b *between) Prepare(ctx context.Context, outs []chain.Output, rate chain.FeeRate, maxFee amount.Msat) (chain.Prepared, error) {
	return answer(ctx, b, "prepare", func() (chain.Prepared, error) { return b.Node.Prepare(ctx, outs, rate, maxFee) })
}

func (b *between) Hold(ctx context.Context, p chain.Prepared) error {
	_, err := answer(ctx, b, "hold", func() (struct{}, error) { return nothing(b.Node.Hold(ctx, p)) })
	return err
}

func (b *between) Release(ctx context.Context, p chain.Prepared) error {
	_, err := answer(ctx, b, "release", func() (struct{}, error) { return nothing(b.Node.Release(ctx, p)) })
	return err
}

func (b *between) Broadcast(ctx context.Context, p chain.Prepared) error {
	_, err := answer(ctx, b, "broadcast", func() (struct{}, error) { return nothing(b.Node.Broadcast(ctx, p)) })
	return err
}

func (b *between) Tx(ctx context.Context, txid string) (chain.TxStatus, error) {
	return answer(ctx, b, "tx", func() (chain.TxStatus, error) { return b.Node.Tx(ctx, txid) })
}

// forgetful is a node that reads the chain again and has not come far.
type forgetful struct{ chain.Node }

func (f forgetful) Info(ctx context.Context) (chain.Info, error) {
	info, err := f.Node.Info(ctx)
	info.Synced = false
	return info, err
}

func (forgetful) Since(_ context.Context, cursor string) (chain.Receipts, error) {
	return chain.Receipts{Cursor: cursor}, nil
}

func (forgetful) Tx(context.Context, string) (chain.TxStatus, error) { return chain.TxStatus{}, nil }

// forgot is a node in step whose wallet has not this transaction any more.
type forgot struct{ *between }

func (forgot) Tx(context.Context, string) (chain.TxStatus, error) { return chain.TxStatus{}, nil }
