package p2p_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

// msgWtx is MSG_WTX (BIP 339).
const msgWtx wire.InvType = 5

const (
	maxFee  = 2_099_999_997_690_000 // what Bitcoin Core filters while it loads the chain
	pastIBD = 1000
)

// A peer with wtxidrelay (BIP 339), as Bitcoin Core is one, is told wtxids. It
// is served by either id.
func TestWtxidRelay(t *testing.T) {
	c, conn := honest(t, p2p.Config{}, nil, wire.NewMsgWTxIdRelay())
	if p := c.Peers()[0]; !p.Wtxid {
		t.Fatalf("got %+v, want wtxidrelay", p)
	}
	tx := made(1)
	b := broadcast(t, c, tx, p2p.In(p2p.Inv))
	iv := expect[*wire.MsgInv](t, conn).InvList[0]
	if iv.Type != msgWtx || iv.Hash != tx.WitnessHash() {
		t.Errorf("got announced %v %s, want the wtxid %s", iv.Type, iv.Hash, tx.WitnessHash())
	}
	for _, ask := range []*wire.InvVect{iv, wire.NewInvVect(wire.InvTypeWitnessTx, ptr(tx.TxHash())), wire.NewInvVect(wire.InvTypeTx, ptr(tx.TxHash()))} {
		conn.say(t, &wire.MsgGetData{InvList: []*wire.InvVect{ask}})
		if got := expect[*wire.MsgTx](t, conn); got.WitnessHash() != tx.WitnessHash() {
			t.Errorf("asked by %v: got another transaction, or one without its witness", ask.Type)
		}
	}
	if r := b.Report(); r.Requested != 1 || r.Wtxid != tx.WitnessHash().String() {
		t.Errorf("got %+v", r)
	}
}

func ptr[T any](v T) *T { return &v }

// A watcher with wtxidrelay announces wtxids, and is believed.
func TestAWatcherMayAnnounceAWtxid(t *testing.T) {
	target, watcher := listen(t), listen(t)
	c := start(t, p2p.Config{Main: target.addr, Peers: []string{watcher.addr}, V2: p2p.V2Off})
	a, b := target.accept(t), watcher.accept(t)
	for _, conn := range []*caller{a, b} {
		conn.greet(t, nil, wire.NewMsgWTxIdRelay())
		conn.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, conn).Nonce))
	}
	if err := c.Ready(within(t), 2); err != nil {
		t.Fatal(err)
	}
	tx := made(2)
	sent := broadcast(t, c, tx, p2p.In(p2p.Push))
	if got := expect[*wire.MsgTx](t, a); got.WitnessHash() != tx.WitnessHash() {
		t.Error("another transaction was handed over")
	}
	echo := &wire.MsgInv{InvList: []*wire.InvVect{{Type: msgWtx, Hash: tx.WitnessHash()}}}
	a.say(t, echo, echo) // the target's word is worth nothing
	a.say(t, wire.NewMsgPing(5))
	expect[*wire.MsgPong](t, a)
	if r := sent.Report(); r.Seen != 0 {
		t.Errorf("got %+v after an echo", r)
	}
	b.say(t, echo, echo)
	if r := wait(t, sent, p2p.Seen); r.Seen != 1 || r.SeenBy[0] != watcher.addr {
		t.Errorf("got %+v, want it seen at the watcher, once", r)
	}
}

func TestWhoIsGivenWhat(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(*wire.MsgVersion)
		extra   []wire.Message
		feeRate int64
		given   bool
	}{
		"an ordinary node":                       {nil, nil, 0, true},
		"a node that takes no transactions":      {func(v *wire.MsgVersion) { v.DisableRelayTx = true }, nil, 0, false},
		"a node that knows no witnesses":         {func(v *wire.MsgVersion) { v.Services = wire.SFNodeNetwork }, nil, 0, false},
		"a node that still loads the chain":      {nil, []wire.Message{wire.NewMsgFeeFilter(maxFee)}, 0, false},
		"a node that wants more fee":             {nil, []wire.Message{wire.NewMsgFeeFilter(5000)}, 1000, false},
		"a node that wants less fee":             {nil, []wire.Message{wire.NewMsgFeeFilter(pastIBD)}, 1000, true},
		"a node that wants more, of unknown fee": {nil, []wire.Message{wire.NewMsgFeeFilter(5000)}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, conn := honest(t, p2p.Config{}, tt.change, tt.extra...)
			b := broadcast(t, c, made(3), p2p.In(p2p.Push), p2p.FeeRate(tt.feeRate))
			conn.say(t, wire.NewMsgPing(1))
			for {
				m, err := conn.hear()
				if err != nil {
					t.Fatal(err)
				}
				if m.Command() == wire.CmdTx && !tt.given {
					t.Error("it was given the transaction")
				}
				if m.Command() == wire.CmdTx || m.Command() == wire.CmdPong && !tt.given {
					break
				}
			}
			if r := b.Report(); (len(r.Given) > 0) != tt.given {
				t.Errorf("got %+v", r)
			}
		})
	}
}

// What nobody announces is given to more and more peers.
func TestASilentNetworkIsToldMore(t *testing.T) {
	var fakes []*fake
	var peers []string
	for range 4 {
		f := listen(t)
		fakes, peers = append(fakes, f), append(peers, f.addr)
	}
	c := start(t, p2p.Config{Peers: peers, V2: p2p.V2Off, Targets: 1, Times: p2p.Times{Unseen: 100 * time.Millisecond, Again: 300 * time.Millisecond}})
	got := make(chan int, 100)
	for i, f := range fakes {
		conn := f.accept(t)
		conn.greet(t, nil)
		go func() { // an honest node that says nothing of its own
			for {
				m, err := conn.hear()
				if err != nil {
					return
				}
				if ping, ok := m.(*wire.MsgPing); ok {
					_ = conn.trySay(wire.NewMsgPong(ping.Nonce))
				}
				if m.Command() == wire.CmdInv {
					select {
					case got <- i:
					default:
					}
				}
			}
		}()
	}
	if err := c.Ready(within(t), 4); err != nil {
		t.Fatal(err)
	}
	b := broadcast(t, c, made(4), p2p.In(p2p.Inv))
	times := map[int]int{}
	for len(times) < 4 || times[0]+times[1]+times[2]+times[3] < 8 { // all were told, and told again
		select {
		case i := <-got:
			times[i]++
		case <-within(t).Done():
			t.Fatalf("announced %v", times)
		}
	}
	if r := b.Report(); r.Level != p2p.Sent || r.Sent != 4 {
		t.Errorf("got %+v, want it sent to four and seen nowhere", r)
	}
	b.SetMined(p2p.Place{Block: "x", Height: 7})
	if r := wait(t, b, p2p.Mined); r.Mined.Height != 7 || !strings.Contains(r.String(), "block 7") {
		t.Errorf("got %+v", r)
	}
	b.SetUnmined()
	if r := b.Report(); r.Level != p2p.Sent {
		t.Errorf("got %+v after the block was taken out", r)
	}
}

func TestASlowSubscriberLosesTheOldest(t *testing.T) {
	c, conn := honest(t, p2p.Config{}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	events := c.Subscribe(ctx, p2p.Announced)
	const many = 5000
	conn.say(t, inventory(many, 1), wire.NewMsgPing(3))
	expect[*wire.MsgPong](t, conn)
	cancel()
	var last p2p.Event
	lost, got := uint64(0), 0
	for e := range events {
		lost += e.Lost
		got++
		last = e
	}
	if want := inventory(many, 1).InvList[many-1].Hash; last.Hash != want || got == 0 || lost+uint64(got) != many {
		t.Errorf("got %d and lost %d of %d, the last one %v; want the newest", got, lost, many, last.Hash == want)
	}
}

func TestForeignTransactionsAreFetchedIfWanted(t *testing.T) {
	c, conn := honest(t, p2p.Config{Fetch: 10}, nil)
	events := c.Subscribe(within(t), p2p.Tx)
	tx := made(5)
	announce := &wire.MsgInv{InvList: []*wire.InvVect{wire.NewInvVect(wire.InvTypeTx, ptr(tx.TxHash()))}}
	conn.say(t, announce, announce)
	ask := expect[*wire.MsgGetData](t, conn)
	if len(ask.InvList) != 1 || ask.InvList[0].Hash != tx.TxHash() {
		t.Fatalf("asked for %v", ask.InvList)
	}
	conn.say(t, tx)
	if e := <-events; e.Tx == nil || e.Hash != tx.TxHash() {
		t.Errorf("got %+v", e)
	}
	conn.say(t, wire.NewMsgPing(6))
	for {
		m, err := conn.hear()
		if err != nil {
			t.Fatal(err)
		}
		if m.Command() == wire.CmdGetData {
			t.Error(fmt.Errorf("it asked again"))
		}
		if m.Command() == wire.CmdPong {
			return
		}
	}
}
