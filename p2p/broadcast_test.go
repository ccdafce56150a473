package p2p_test

import (
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/p2p"
)

// Only what is announced by nodes that were given nothing counts as seen: btcd
// announces a transaction back to whom it has it from.
func TestAnEchoIsNoEvidence(t *testing.T) {
	n := line(t)
	for name, mode := range map[string]p2p.Mode{"announced": p2p.Inv, "handed over": p2p.Push, "as it thinks best": p2p.Auto} {
		t.Run(name, func(t *testing.T) {
			c := connected(t, 4, p2p.Config{Main: n[0].P2P, Peers: addresses(n[1:]...)})
			tx := spend(t, 1000)
			b := broadcast(t, c, tx, p2p.In(mode), p2p.Nodes(1), p2p.MinSeen(3))
			r := wait(t, b, p2p.Seen)
			if r.Sent != 1 || r.Seen != 3 || !slices.Equal(r.Given, addresses(n[0])) {
				t.Errorf("got %+v, want it given to A and seen at B, C and D", r)
			}
			if slices.Contains(r.SeenBy, n[0].P2P) {
				t.Errorf("A was given it and counts as a witness: %+v", r)
			}
			if mode == p2p.Inv && r.Requested != 1 {
				t.Errorf("got requested by %d, want 1", r.Requested)
			}
			inMempool(t, n[3], tx)
		})
	}
}
