// Package relay measures how fast package p2p hands transactions to several
// real nodes, beside the RPC of one of them.
package relay

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/p2p"
)

// count is how many nodes the transactions go to.
const count = 3

// Bench is three nodes that know each other, and coins to spend.
type Bench struct {
	nodes []*regtest.Chain
	txs   []*wire.MsgTx
	rpcs  []*caller // of each node
	sent  int       // transactions in the mempools
}

// Start starts the nodes in dir, and signs so many transactions.
func Start(ctx context.Context, dir string, txs int) (b *Bench, err error) {
	b = &Bench{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Stop())
		}
	}()
	btcd, err := nodes.BuildModern(ctx, nil)
	if err != nil {
		return b, err
	}
	bin := nodes.Bin{Btcd: btcd}
	first, err := regtest.Start(ctx, filepath.Join(dir, "0"), bin)
	if err != nil {
		return b, err
	}
	b.nodes = append(b.nodes, first)
	if b.txs, err = Spends(ctx, first, txs); err != nil {
		return b, err
	}
	for len(b.nodes) < count {
		next, err := b.nodes[len(b.nodes)-1].StartPeer(ctx, filepath.Join(dir, fmt.Sprint(len(b.nodes))), bin)
		if err != nil {
			return b, err
		}
		b.nodes = append(b.nodes, next)
	}
	for _, n := range b.nodes {
		rpc, err := newCaller(n.RPC)
		if err != nil {
			return b, err
		}
		b.rpcs = append(b.rpcs, rpc)
	}
	return b, nil
}

// Stop ends the nodes.
func (b *Bench) Stop() (err error) {
	for _, rpc := range b.rpcs {
		rpc.stop()
	}
	for _, n := range b.nodes {
		err = errors.Join(err, n.Stop())
	}
	return err
}

// take removes n transactions that were not sent yet.
func (b *Bench) take(n int) ([]*wire.MsgTx, error) {
	if len(b.txs) < n {
		return nil, fmt.Errorf("%d transactions are left, not %d", len(b.txs), n)
	}
	list := b.txs[:n]
	b.txs = b.txs[n:]
	return list, nil
}

// P2P hands n transactions to all nodes in the given mode and returns how long
// it took until all of them were in all mempools.
func (b *Bench) P2P(ctx context.Context, mode p2p.Mode, n int) (took time.Duration, err error) {
	txs, err := b.take(n)
	if err != nil {
		return 0, err
	}
	cfg := p2p.Config{Params: &chaincfg.RegressionNetParams, Times: p2p.Times{Backoff: 100 * time.Millisecond}}
	for _, node := range b.nodes {
		cfg.Peers = append(cfg.Peers, node.P2P)
	}
	c, err := p2p.New(cfg)
	if err != nil {
		return 0, err
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- c.Run(running) }()
	defer func() { stop(); err = errors.Join(err, <-done) }()
	if err := c.Ready(ctx, count); err != nil {
		return 0, err
	}
	began := time.Now()
	for _, tx := range txs {
		if _, err := c.Broadcast(ctx, tx, p2p.In(mode), p2p.Nodes(count)); err != nil {
			return 0, err
		}
	}
	b.sent += n
	err = b.accepted(ctx, b.rpcs)
	return time.Since(began), err
}

// RPC gives n transactions to one node by sendrawtransaction. It returns how
// long it took until all of them were in its mempool, and until the nodes had
// told each other of all of them.
func (b *Bench) RPC(ctx context.Context, n int) (one, all time.Duration, err error) {
	txs, err := b.take(n)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if err := b.rpcs[0].each(ctx, txs); err != nil {
		return 0, 0, err
	}
	b.sent += n
	if err := b.accepted(ctx, b.rpcs[:1]); err != nil {
		return 0, 0, err
	}
	one = time.Since(began)
	err = b.accepted(ctx, b.rpcs)
	return one, time.Since(began), err
}

// accepted waits until the mempools hold all that was sent.
func (b *Bench) accepted(ctx context.Context, of []*caller) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for _, node := range of {
		for {
			size, err := node.waiting()
			if err != nil {
				return err
			}
			if size >= b.sent {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%d of %d are in a mempool: %w", size, b.sent, ctx.Err())
			case <-tick.C:
			}
		}
	}
	return nil
}
