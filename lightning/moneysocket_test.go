package lightning_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lightning/lightningtest"
)

// TestMoneysocket holds the contract over a relay, with a provider that pays
// and is paid through a real node.
func TestMoneysocket(t *testing.T) {
	t.Parallel()
	net := startNet(t, 3)
	theirs := open(t, net.Nodes[0], lightning.Config{})
	t.Run("what is read is what a node reads", func(t *testing.T) { readers(t, theirs) })
	lightningtest.Run(t, func(t *testing.T) lightningtest.Bench {
		relay, beacon := rendezvous(t)
		serve(t, theirs, relay, beacon.Seed)
		node := through(t, beacon)
		return lightningtest.Bench{
			Node: node, Network: "regtest",
			Can: lightningtest.Can{List: true, Own: true},
			Far: withoutPush(peer(net.Nodes[2])), Near: withoutPush(peer(net.Nodes[1])),
			Still: func(ctx context.Context) error {
				if err := still(ctx, net.Nodes[0]); err != nil {
					return err
				}
				return shows(ctx, node, theirs)
			},
			Lost:    func(msat amount.Msat) (string, error) { return lost(t, "bcrt", int64(msat)), nil },
			Foreign: lost(t, "bc", 1000),
		}
	})
}

// withoutPush is a peer whom the protocol lets pay invoices only.
func withoutPush(p lightningtest.Peer) lightningtest.Peer {
	p.Push = nil
	return p
}

// shows waits until the wad is what the provider's node has.
func shows(ctx context.Context, ours, theirs lightning.Node) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		a, errA := ours.Balance(ctx)
		b, errB := theirs.Balance(ctx)
		if errA == nil && errB == nil && a.Local == b.Local {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("shown %d (%v), has %d (%v): %w", a.Local, errA, b.Local, errB, ctx.Err())
		}
	}
}
