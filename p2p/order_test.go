package p2p_test

import (
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

func TestTheNearestAreTheTargets(t *testing.T) {
	n := line(t)
	var want []string
	for i, delay := range []time.Duration{0, 100, 250, 600} { // milliseconds, there and back again
		want = append(want, startSlow(t, n[i].P2P, delay*time.Millisecond/2).addr)
	}
	shuffled := []string{want[2], want[0], want[3], want[1]}
	c := connected(t, 4, p2p.Config{Peers: shuffled, Targets: 2, V2: p2p.V2Off, Times: p2p.Times{Ping: 200 * time.Millisecond}})
	var ordered []p2p.Peer
	until(t, "the peers are in the order of their distance", func() bool {
		ordered = c.Peers()
		return slices.Equal(names(ordered), want)
	})
	roles := []p2p.Role{p2p.Target, p2p.Target, p2p.Watcher, p2p.Watcher}
	for i, p := range ordered {
		if p.Role != roles[i] {
			t.Errorf("%s is a %s, want a %s", p.Addr, p.Role, roles[i])
		}
	}
	r := wait(t, broadcast(t, c, spend(t, 1000), p2p.MinSeen(2)), p2p.Seen)
	given := slices.Sorted(slices.Values(want[:2]))
	if !slices.Equal(r.Given, given) || r.Seen != 2 {
		t.Errorf("got it given to %v and seen at %v, want it given to %v", r.Given, r.SeenBy, given)
	}
}

func TestOurOwnNodeIsFirst(t *testing.T) {
	n := line(t)
	far := startSlow(t, n[0].P2P, 50*time.Millisecond).addr
	c := connected(t, 4, p2p.Config{Main: far, Peers: addresses(n[1:]...)})
	if p := c.Peers()[0]; p.Addr != far || p.Role != p2p.MainRole {
		t.Errorf("got %+v first, want %s", p, far)
	}
}

func names(peers []p2p.Peer) []string {
	var list []string
	for _, p := range peers {
		list = append(list, p.Addr)
	}
	return list
}

func TestThousandsReachAll(t *testing.T) {
	n := line(t)
	const each = 600
	if err := net.fund(t.Context(), 2*each); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []p2p.Mode{p2p.Push, p2p.Inv} {
		t.Run(mode.String(), func(t *testing.T) {
			c := connected(t, 4, p2p.Config{Main: n[0].P2P, Peers: addresses(n[1:]...), Times: p2p.Times{Ping: 10 * time.Second}})
			var txs []*wire.MsgTx
			for range each {
				txs = append(txs, spend(t, 1000))
			}
			began := time.Now()
			var all []*p2p.Broadcast
			for _, tx := range txs {
				all = append(all, broadcast(t, c, tx, p2p.In(mode), p2p.Nodes(3)))
			}
			for _, b := range all {
				r := wait(t, b, p2p.Seen)                // the one that was given nothing announces every one of them
				if r.Seen < 1 || len(r.Rejections) > 0 { // who heard it from a neighbour before we sent it is seen, too
					t.Fatalf("got %+v, want it seen at one at least and refused by none", r)
				}
			}
			t.Logf("%d transactions to 3 nodes and seen at a fourth: %.0f a second", each, each/time.Since(began).Seconds())
			inAll(t, txs)
		})
	}
}

// inAll waits until all four mempools have all transactions.
func inAll(t testing.TB, txs []*wire.MsgTx) {
	t.Helper()
	for i, x := range net.nodes {
		ctx := within(t)
		until(t, "everything is in the mempool", func() bool {
			ids, err := x.Mempool(ctx)
			if err != nil {
				t.Fatal(i, err)
			}
			has := map[string]bool{}
			for _, id := range ids {
				has[id] = true
			}
			return !slices.ContainsFunc(txs, func(tx *wire.MsgTx) bool { return !has[tx.TxHash().String()] })
		})
	}
}
