package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/bitcoim/bitcoim/internal/bench/relay"
	"github.com/bitcoim/bitcoim/p2p"
)

// wanted is how many transactions a second three nodes are to have from us.
const wanted = 1000

// measureNetwork hands transactions to three nodes until all have all of them,
// beside sendrawtransaction to one node: until that one has them, and until it
// has told the others.
func measureNetwork(ctx context.Context, p plan) (rows []row, err error) {
	dir, err := os.MkdirTemp("", "bitcoim-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	n := min(1000, int(p.each/time.Millisecond))
	rounds := min(p.rounds, 3)
	p.note("network: signing %d transactions", 3*n*rounds)
	b, err := relay.Start(ctx, dir, 3*n*rounds)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Stop()) }()
	rate := func(d time.Duration) sample { return sample{float64(n) / d.Seconds(), d / time.Duration(n)} }
	var push, inv, toAll pair
	for range rounds {
		one, all, err := b.RPC(ctx, n)
		if err != nil {
			return nil, err
		}
		for mode, to := range map[p2p.Mode]*pair{p2p.Push: &push, p2p.Inv: &inv} {
			d, err := b.P2P(ctx, mode, n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", mode, err)
			}
			to.ours, to.beside = append(to.ours, rate(d)), append(to.beside, rate(one))
		}
		toAll.ours, toAll.beside = append(toAll.ours, push.ours[len(push.ours)-1]), append(toAll.beside, rate(all))
	}
	first := push.row("transactions to 3 nodes, push", "by RPC to 1 node", 0)
	first.target, first.verdict = fmt.Sprintf(">= %d/s", wanted), verdict(speed(push.ours) >= wanted)
	return []row{first, inv.row("transactions to 3 nodes, inv", "by RPC to 1 node", 0),
		toAll.row("transactions to 3 nodes, push", "by RPC until 3 nodes have them", 0)}, nil
}
