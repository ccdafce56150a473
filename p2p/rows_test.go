package p2p_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/p2p"
)

// node starts one more btcd beside the line, for tests that are not kind to it.
func node(t testing.TB, of *regtest.Chain, args ...string) *regtest.Chain {
	t.Helper()
	n, err := of.StartPeer(t.Context(), filepath.Join(t.TempDir(), "node"), net.bin, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Resume(); _ = n.Kill() })
	return n
}

func TestAConflictNamesTheOther(t *testing.T) {
	n := line(t)
	one := spend(t, 1000)
	one.TxIn[0].Sequence = wire.MaxTxInSequenceNum
	other := pay(t, coin{one.TxIn[0].PreviousOutPoint, coinSat}, 2000)
	c := connected(t, 1, p2p.Config{Main: n[0].P2P})
	wait(t, broadcast(t, c, other, p2p.In(p2p.Push)), p2p.Delivered)
	inMempool(t, n[0], other)
	second := pay(t, coin{other.TxIn[0].PreviousOutPoint, coinSat}, 3000)
	b := broadcast(t, c, second, p2p.In(p2p.Push))
	r, err := b.Wait(within(t), p2p.Seen)
	if !errors.Is(err, p2p.ErrRejected) || r.Conflict != other.TxHash().String() {
		t.Errorf("got %v, conflict %q, want a rejection that names %s", err, r.Conflict, other.TxHash())
	}
}

func TestAFeeThatIsTooLowIsSaid(t *testing.T) {
	n := node(t, line(t)[0], "--limitfreerelay=0")
	c := connected(t, 1, p2p.Config{Peers: addresses(n)})
	r, err := broadcast(t, c, spend(t, 1), p2p.In(p2p.Push)).Wait(within(t), p2p.Seen)
	if !errors.Is(err, p2p.ErrRejected) || len(r.Rejections) != 1 || r.Rejections[0].Code != "REJECT_INSUFFICIENTFEE" {
		t.Errorf("got %v and %+v, want one rejection for low fees", err, r.Rejections)
	}
}

func TestAChildBringsItsParents(t *testing.T) {
	n := line(t)
	for name, mode := range map[string]p2p.Mode{"handed over": p2p.Push, "announced": p2p.Inv} {
		t.Run(name, func(t *testing.T) {
			c := connected(t, 4, p2p.Config{Main: n[0].P2P, Peers: addresses(n[1:]...)})
			parent := spend(t, 1000)
			child := pay(t, first(parent), 1000)
			r := wait(t, broadcast(t, c, child, p2p.In(mode), p2p.Nodes(1), p2p.Parents(parent)), p2p.Seen)
			inMempool(t, n[0], parent)
			inMempool(t, n[0], child)
			if p, ok := c.Find(parent.TxHash()); !ok || !slices.Equal(p.Report().Given, r.Given) {
				t.Errorf("the parent was not given to whom the child was: %v", r.Given)
			}
		})
	}
}

func TestABlockIsHeardOf(t *testing.T) {
	n := line(t)
	c := connected(t, 4, p2p.Config{Main: n[0].P2P, Peers: addresses(n[1:]...)})
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	news := c.Subscribe(ctx, p2p.NewBlock)
	tx := spend(t, 1000)
	b := broadcast(t, c, tx, p2p.Blocks())
	wait(t, b, p2p.Seen)
	inMempool(t, n[3], tx)
	hashes, err := n[3].Mine(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	height, err := n[3].Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for e := range news {
		if e.Hash.String() == hashes[0] {
			if int64(e.Block.Height) != height {
				t.Errorf("got height %d, want %d", e.Block.Height, height)
			}
			break
		}
	}
	r := wait(t, b, p2p.Mined)
	if r.Mined.Block != hashes[0] || int64(r.Mined.Height) != height {
		t.Errorf("got mined in %+v, want block %s of height %d", r.Mined, hashes[0], height)
	}
	until(t, "all peers are at the new height", func() bool {
		return !slices.ContainsFunc(c.Peers(), func(p p2p.Peer) bool { return int64(p.Height) < height })
	})
	for _, x := range n {
		if err := x.AtHeight(ctx, height); err != nil {
			t.Error(err)
		}
	}
}

func TestBothTransports(t *testing.T) {
	n := line(t)
	// A node of its own: btcd refuses v2 handshakes of one source after a few.
	modern := node(t, n[0], "--v2transport")
	for name, tt := range map[string]struct {
		node *regtest.Chain
		mode p2p.V2Mode
		v2   bool
	}{
		"v2 where it is spoken":              {modern, p2p.V2Auto, true},
		"only v2, where it is spoken":        {modern, p2p.V2Only, true},
		"v1 if so wanted":                    {modern, p2p.V2Off, false},
		"a second call with v1 where needed": {n[0], p2p.V2Auto, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := connected(t, 1, p2p.Config{Peers: addresses(tt.node), V2: tt.mode})
			if p := c.Peers()[0]; p.V2 != tt.v2 || p.Agent == "" || p.Protocol != wire.ProtocolVersion || !p.Relay {
				t.Errorf("got %+v, want v2 %v", p, tt.v2)
			}
			tx := spend(t, 1000)
			r := wait(t, broadcast(t, c, tx, p2p.In(p2p.Inv)), p2p.Delivered)
			if r.Requested != 1 {
				t.Errorf("got %+v, want it requested", r)
			}
			inMempool(t, tt.node, tx)
		})
	}
	t.Run("never v1 if only v2 is wanted", func(t *testing.T) {
		c := start(t, p2p.Config{Peers: addresses(n[0]), V2: p2p.V2Only})
		down := c.Subscribe(within(t), p2p.PeerUp)
		f := listen(t) // hangs up on v2, as an old node does, and would speak v1
		other := start(t, p2p.Config{Peers: []string{f.addr}, V2: p2p.V2Only})
		for range 3 {
			if first := f.accept(t).peek(t, 4); string(first) == "\xfa\xbf\xb5\xda" {
				t.Error("it speaks v1")
			}
		}
		if len(other.Peers()) > 0 || len(down) > 0 {
			t.Error("it is connected")
		}
	})
}

// A node that does not know the second transport hangs up, or takes the key
// for a long message of another network and waits for the end of it.
func TestASilentNodeIsCalledWithV1(t *testing.T) {
	f := listen(t)
	c := start(t, p2p.Config{Peers: []string{f.addr}, Times: p2p.Times{Dial: 2 * time.Second}})
	first := f.accept(t)
	conn := f.accept(t)
	conn.greet(t, nil)
	conn.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, conn).Nonce))
	if err := c.Ready(within(t), 1); err != nil {
		t.Fatal(err)
	}
	first.gone(t)
}

func TestNothingIsSentTwice(t *testing.T) {
	n := line(t)
	c := connected(t, 1, p2p.Config{Main: n[0].P2P})
	tx := spend(t, 1000)
	one, two := broadcast(t, c, tx), broadcast(t, c, tx)
	if one != two {
		t.Error("the same transaction is looked after twice")
	}
	wait(t, one, p2p.Delivered)
	if _, err := c.Broadcast(t.Context(), tx, p2p.In(p2p.Private)); !errors.Is(err, p2p.ErrUsage) {
		t.Errorf("got %v, want a refusal: there is no proxy", err)
	}
	one.Forget()
	if _, ok := c.Find(tx.TxHash()); ok {
		t.Error("it is not forgotten")
	}
	if _, err := one.Wait(t.Context(), p2p.Mined); !errors.Is(err, p2p.ErrStopped) {
		t.Errorf("got %v, want ErrStopped", err)
	}
}

func TestARestartGoesOnWhereItWas(t *testing.T) {
	n := line(t)
	tx := spend(t, 1000)
	c, stop := startFor(t, p2p.Config{Main: n[0].P2P})
	if err := c.Ready(within(t), 1); err != nil {
		t.Fatal(err)
	}
	before := wait(t, broadcast(t, c, tx, p2p.In(p2p.Push)), p2p.Delivered)
	stop()
	again := connected(t, 1, p2p.Config{Peers: addresses(n[0])})
	b := broadcast(t, again, tx, p2p.In(p2p.Inv), p2p.Resume(before))
	r := b.Report()
	if r.Level != p2p.Delivered || !r.FirstSent.Equal(before.FirstSent) || !slices.Equal(r.Given, before.Given) {
		t.Errorf("got %+v, want what was known before: %+v", r, before)
	}
	// A announces it to everybody who connects after it has it, but it was given it in the life before.
	until(t, "it is offered to A again", func() bool { return len(again.Peers()) == 1 })
	wait(t, b, p2p.Delivered)
	if r := b.Report(); r.Seen != 0 || r.Sent != 1 || r.Delivered != 1 {
		t.Errorf("got %+v: a peer that had it from us counts as a witness", r)
	}
}
