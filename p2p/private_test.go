package p2p_test

import (
	"context"
	"errors"
	gonet "net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

// dials writes down every connection that is opened.
type dials struct {
	mu   sync.Mutex
	all  []string
	find func(addr string) string
}

func (d *dials) dial(ctx context.Context, network, addr string) (gonet.Conn, error) {
	d.mu.Lock()
	d.all = append(d.all, addr)
	d.mu.Unlock()
	if d.find != nil {
		addr = d.find(addr)
	}
	return (&gonet.Dialer{}).DialContext(ctx, network, addr)
}

func (d *dials) seen() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.all)
}

// only fails if anything but addr was dialled.
func (d *dials) only(t testing.TB, addr string) {
	t.Helper()
	for _, to := range d.seen() {
		if to != addr {
			t.Errorf("%s was dialled directly", to)
		}
	}
}

func TestAPrivateBroadcastGoesOnlyThroughTheProxy(t *testing.T) {
	n := line(t)
	proxy, d := startSocks(t, false), &dials{}
	c := connected(t, 2, p2p.Config{
		Peers: addresses(n[2], n[3], n[0], n[1]), MaxPeers: 2, V2: p2p.V2Off, Proxy: proxy.addr, Dial: d.dial,
	})
	known := names(c.Peers())
	b := broadcast(t, c, spend(t, 1000), p2p.In(p2p.Private), p2p.MinSeen(2))
	r := wait(t, b, p2p.Seen)
	// One is enough, unless it passed over the announcement.
	connected := slices.ContainsFunc(r.Given, func(to string) bool { return slices.Contains(known, to) })
	if r.Requested != 1 || len(r.Given) < 1 || len(r.Given) > 2 || r.Sent != len(r.Given) || connected || r.Seen != 2 {
		t.Errorf("got %+v, want it given to one that we are not connected with, and seen at %v", r, known)
	}
	d.only(t, proxy.addr)
	users := map[string]bool{}
	for _, ask := range proxy.seen() {
		if users[ask.user] || ask.user == "" || ask.password == "" {
			t.Errorf("user %q is not new: Tor would use the same circuit", ask.user)
		}
		users[ask.user] = true
	}
	if len(users) != 3 {
		t.Errorf("got %d connections, want two for peers and one for the transaction", len(users))
	}
}

func TestAPrivateBroadcastNeedsAProxy(t *testing.T) {
	c, err := p2p.New(p2p.Config{Params: params, Peers: []string{"127.0.0.1:1"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Broadcast(t.Context(), made(1), p2p.In(p2p.Private)); !errors.Is(err, p2p.ErrUsage) {
		t.Errorf("got %v, want ErrUsage", err)
	}
}

func TestAPrivateBroadcastFailsClosed(t *testing.T) {
	n := line(t)
	dead, err := gonet.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	refusing := startSocks(t, true)
	for name, proxy := range map[string]string{"the proxy refuses": refusing.addr, "the proxy is gone": dead.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			d := &dials{}
			c := start(t, p2p.Config{Peers: addresses(n...), Proxy: proxy, Dial: d.dial, Times: p2p.Times{Backoff: 5 * time.Millisecond}})
			b := broadcast(t, c, spend(t, 1000), p2p.In(p2p.Private))
			until(t, "it tried often enough", func() bool { return len(d.seen()) > 20 })
			d.only(t, proxy)
			if r := b.Report(); r.Level != p2p.Queued || len(r.Given) > 0 {
				t.Errorf("got %+v, want it never sent", r)
			}
		})
	}
}

// What a courier says gives nothing away, and it says it to nobody else.
func TestWhatACourierSays(t *testing.T) {
	proxy := startSocks(t, false)
	ordinary, stranger := listen(t), listen(t)
	c := start(t, p2p.Config{Peers: []string{ordinary.addr, stranger.addr}, MaxPeers: 1, V2: p2p.V2Off, Proxy: proxy.addr, Agent: "/mine/"})
	o := ordinary.accept(t)
	if v := o.greet(t, nil); v.UserAgent != "/mine/" || v.DisableRelayTx {
		t.Errorf("got %+v on the ordinary connection", v)
	}
	o.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, o).Nonce))
	if err := c.Ready(within(t), 1); err != nil {
		t.Fatal(err)
	}
	tx := made(9)
	b := broadcast(t, c, tx, p2p.In(p2p.Private))

	s := stranger.accept(t)
	if v := s.greet(t, nil); v.UserAgent == "/mine/" || !v.DisableRelayTx || v.LastBlock != 0 {
		t.Errorf("the courier says %+v", v)
	}
	inv := expect[*wire.MsgInv](t, s)
	if len(inv.InvList) != 1 || inv.InvList[0].Hash != tx.TxHash() {
		t.Errorf("the courier announces %v", inv.InvList)
	}
	s.say(t, wire.NewMsgPing(1)) // it is a node like any other
	expect[*wire.MsgPong](t, s)
	s.say(t, &wire.MsgGetData{InvList: inv.InvList})
	if got := expect[*wire.MsgTx](t, s); got.WitnessHash() != tx.WitnessHash() {
		t.Error("the courier brings another transaction")
	}
	s.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, s).Nonce))
	s.gone(t)
	if r := wait(t, b, p2p.Requested); r.Delivered != 1 || r.Seen != 0 {
		t.Errorf("got %+v, want it delivered to one", r)
	}

	// The ordinary peer is told nothing, and gets nothing if it guesses.
	o.say(t, &wire.MsgGetData{InvList: inv.InvList}, wire.NewMsgPing(42))
	for {
		m, err := o.hear()
		if err != nil {
			t.Fatal(err)
		}
		switch m := m.(type) {
		case *wire.MsgTx, *wire.MsgInv:
			t.Errorf("the ordinary peer gets %s", m.Command())
		case *wire.MsgPong:
			if m.Nonce == 42 {
				o.say(t, inv)
				if r := wait(t, b, p2p.Seen); r.SeenBy[0] != ordinary.addr {
					t.Errorf("got %+v, want it seen at the ordinary peer", r)
				}
				return
			}
		}
	}
}
