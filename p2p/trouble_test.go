package p2p_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/p2p"
)

func TestAKilledNodeIsReplaced(t *testing.T) {
	n := line(t)
	mortal := node(t, n[0])
	c := connected(t, 4, p2p.Config{Main: mortal.P2P, Peers: addresses(n[1:]...), Times: p2p.Times{Unseen: time.Hour}})
	// Frozen, it takes the announcement and asks for nothing; then it dies.
	if err := mortal.Pause(); err != nil {
		t.Fatal(err)
	}
	b := broadcast(t, c, spend(t, 1000), p2p.In(p2p.Inv), p2p.Nodes(1))
	wait(t, b, p2p.Sent)
	if err := mortal.Kill(); err != nil {
		t.Fatal(err)
	}
	r := wait(t, b, p2p.Seen)
	if len(r.Given) < 2 || r.Requested == 0 {
		t.Errorf("got %+v, want another node to have been given it", r)
	}
	until(t, "the dead node is no peer", func() bool { return !slices.Contains(names(c.Peers()), mortal.P2P) })

	if err := mortal.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "the node is a peer again, and first", func() bool { return slices.Index(names(c.Peers()), mortal.P2P) == 0 })
}

func TestAFrozenNodeIsLastAndThenLeft(t *testing.T) {
	n := line(t)
	frozen := node(t, n[0])
	c := connected(t, 4, p2p.Config{Peers: addresses(frozen, n[0], n[1], n[2]), Times: p2p.Times{Ping: 50 * time.Millisecond, Stall: 2 * time.Second, Unseen: time.Second}})
	if err := frozen.Pause(); err != nil {
		t.Fatal(err)
	}
	until(t, "the frozen node is the last", func() bool { return slices.Index(names(c.Peers()), frozen.P2P) == 3 })
	b := broadcast(t, c, spend(t, 1000), p2p.Nodes(2))
	if r := wait(t, b, p2p.Seen); slices.Contains(r.Given, frozen.P2P) {
		t.Errorf("the frozen node was given it: %+v", r)
	}
	until(t, "the frozen node is left", func() bool { return !slices.Contains(names(c.Peers()), frozen.P2P) })
	if err := frozen.Resume(); err != nil {
		t.Fatal(err)
	}
	until(t, "the node is a peer again", func() bool { return slices.Contains(names(c.Peers()), frozen.P2P) })
}

func TestANodeThatTakesNoTransactionsGetsNone(t *testing.T) {
	n := line(t)
	quiet := node(t, n[0], "--blocksonly")
	c := connected(t, 3, p2p.Config{Main: quiet.P2P, Peers: addresses(n[0], n[1])})
	r := wait(t, broadcast(t, c, spend(t, 1000), p2p.In(p2p.Push), p2p.Nodes(5)), p2p.Delivered)
	if slices.Contains(r.Given, quiet.P2P) {
		t.Errorf("it was given to a node that takes none: %+v", r)
	}
	if p := c.Peers()[0]; p.Addr != quiet.P2P || p.Relay {
		t.Errorf("got %+v, want the quiet node, still connected", p)
	}
	alone := connected(t, 1, p2p.Config{Peers: addresses(quiet)})
	b := broadcast(t, alone, spend(t, 1000))
	if r := b.Report(); r.Level != p2p.Queued {
		t.Errorf("got %+v, want it to wait for a node that takes it", r)
	}
}

func TestWithoutPeersItWaits(t *testing.T) {
	n := line(t)
	late := node(t, n[0])
	if err := late.Kill(); err != nil {
		t.Fatal(err)
	}
	c := start(t, p2p.Config{Peers: addresses(late)})
	b := broadcast(t, c, spend(t, 1000), p2p.In(p2p.Push))
	if r := b.Report(); r.Level != p2p.Queued {
		t.Errorf("got %+v without a peer", r)
	}
	if err := late.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	wait(t, b, p2p.Delivered)
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	for name, cfg := range map[string]p2p.Config{
		"no network":               {Peers: []string{"127.0.0.1:1"}},
		"nobody to call":           {Params: params},
		"an address without host":  {Params: params, Peers: []string{":1"}},
		"a port that is none":      {Params: params, Peers: []string{"127.0.0.1:99999"}},
		"a proxy that is no proxy": {Params: params, Peers: []string{"127.0.0.1:1"}, Proxy: "tor"},
	} {
		if _, err := p2p.New(cfg); !errors.Is(err, p2p.ErrUsage) {
			t.Errorf("%s: got %v, want ErrUsage", name, err)
		}
	}
}
