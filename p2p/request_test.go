package p2p_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

func getdata(kind wire.InvType, hash chainhash.Hash) *wire.MsgGetData {
	return &wire.MsgGetData{InvList: []*wire.InvVect{wire.NewInvVect(kind, &hash)}}
}

func TestQuestionsAreAnswered(t *testing.T) {
	n := line(t)
	c := connected(t, 4, p2p.Config{Main: n[0].P2P, Peers: addresses(n[1:]...)})
	ctx := within(t)
	tx := spend(t, 1000)
	wait(t, broadcast(t, c, tx, p2p.In(p2p.Push)), p2p.Seen)
	m, from, err := c.Request(ctx, getdata(wire.InvTypeWitnessTx, tx.TxHash()))
	if got, ok := m.(*wire.MsgTx); err != nil || !ok || got.WitnessHash() != tx.WitnessHash() {
		t.Errorf("transaction: got %v, %v", m, err)
	}
	if from.Addr == "" {
		t.Error("who answered is not known")
	}
	height, err := n[0].Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	text, err := n[0].Hash(ctx, height)
	if err != nil {
		t.Fatal(err)
	}
	tip, err := chainhash.NewHashFromStr(text)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err = c.Request(ctx, getdata(wire.InvTypeWitnessBlock, *tip), p2p.From(n[2].P2P))
	if got, ok := m.(*wire.MsgBlock); err != nil || !ok || got.BlockHash() != *tip {
		t.Errorf("block: got %v, %v", m, err)
	}
	genesis := *params.GenesisHash
	m, _, err = c.Request(ctx, &wire.MsgGetHeaders{ProtocolVersion: wire.ProtocolVersion, BlockLocatorHashes: []*chainhash.Hash{&genesis}})
	if got, ok := m.(*wire.MsgHeaders); err != nil || !ok || int64(len(got.Headers)) != height || got.Headers[0].PrevBlock != genesis {
		t.Errorf("headers: got %v, want %d", err, height)
	}
	if m, _, err = c.Request(ctx, wire.NewMsgPing(77)); err != nil || m.(*wire.MsgPong).Nonce != 77 {
		t.Errorf("ping: got %v, %v", m, err)
	}
	if _, _, err = c.Request(ctx, getdata(wire.InvTypeWitnessTx, chainhash.Hash{1, 2, 3})); !errors.Is(err, p2p.ErrNotFound) {
		t.Errorf("a transaction that is none: got %v, want ErrNotFound", err)
	}
	if _, _, err = c.Request(ctx, wire.NewMsgMemPool()); !errors.Is(err, p2p.ErrUsage) {
		t.Errorf("a question without an answer: got %v, want ErrUsage", err)
	}
	if _, _, err = c.Request(ctx, wire.NewMsgPing(1), p2p.From("127.0.0.1:1")); !errors.Is(err, p2p.ErrNoPeer) {
		t.Errorf("of a stranger: got %v, want ErrNoPeer", err)
	}
}

// A peer that does not answer is not waited for when another one knows.
func TestTheNextPeerIsAsked(t *testing.T) {
	silent, helpful := listen(t), listen(t)
	c := start(t, p2p.Config{Main: silent.addr, Peers: []string{helpful.addr}, V2: p2p.V2Off, Times: p2p.Times{Answer: 2 * time.Second}})
	a, b := silent.accept(t), helpful.accept(t)
	for _, conn := range []*caller{a, b} {
		conn.greet(t, nil)
		conn.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, conn).Nonce))
	}
	if err := c.Ready(within(t), 2); err != nil {
		t.Fatal(err)
	}
	tx := made(1)
	type result struct {
		from p2p.Peer
		err  error
	}
	done := make(chan result, 1)
	go func() {
		_, from, err := c.Request(within(t), getdata(wire.InvTypeWitnessTx, tx.TxHash()))
		done <- result{from, err}
	}()
	expect[*wire.MsgGetData](t, a) // and says nothing
	expect[*wire.MsgGetData](t, b)
	b.say(t, made(2), tx) // the first is not what was asked for
	if r := <-done; r.err != nil || r.from.Addr != helpful.addr {
		t.Errorf("got %v from %q, want the helpful one's", r.err, r.from.Addr)
	}
}

func TestOneAndDone(t *testing.T) {
	n := line(t)
	tx := spend(t, 1000)
	cfg := p2p.Config{Params: params, Main: n[0].P2P, Peers: addresses(n[1])}
	results, err := p2p.Do(within(t), cfg, p2p.Send(tx, p2p.Delivered, p2p.In(p2p.Inv)), p2p.Get(wire.NewMsgPing(5)), p2p.Send(wire.NewMsgTx(2), p2p.Sent))
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := results[0].Value.(p2p.Report); results[0].Err != nil || !ok || r.Txid != tx.TxHash().String() || r.Level < p2p.Delivered {
		t.Errorf("send: got %+v", results[0])
	}
	if pong, ok := results[1].Value.(*wire.MsgPong); results[1].Err != nil || !ok || pong.Nonce != 5 {
		t.Errorf("get: got %+v", results[1])
	}
	if !errors.Is(results[2].Err, p2p.ErrUsage) {
		t.Errorf("a transaction without inputs: got %+v, want ErrUsage", results[2])
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := p2p.Do(ctx, p2p.Config{Params: params, Peers: []string{"127.0.0.1:1"}}, p2p.Get(wire.NewMsgPing(5))); !errors.Is(err, p2p.ErrNoPeer) {
		t.Errorf("without a peer: got %v, want ErrNoPeer", err)
	}
}

func TestThereIsALimit(t *testing.T) {
	c := start(t, p2p.Config{Peers: []string{"127.0.0.1:1"}, MaxTxs: 2})
	one := broadcast(t, c, made(1))
	broadcast(t, c, made(2))
	if _, err := c.Broadcast(t.Context(), made(3)); !errors.Is(err, p2p.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	one.Forget()
	broadcast(t, c, made(3))

	slow, err := p2p.New(p2p.Config{Params: params, Peers: []string{"127.0.0.1:1"}, Rate: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Broadcast(t.Context(), made(1)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := slow.Broadcast(ctx, made(2)); err == nil {
		t.Error("a second transaction was taken at once, at one a second")
	}
}

func TestRunIsCalledOnce(t *testing.T) {
	c, _ := honest(t, p2p.Config{}, nil)
	if err := c.Run(t.Context()); !errors.Is(err, p2p.ErrUsage) {
		t.Errorf("got %v, want ErrUsage", err)
	}
}

// Another network has another magic and no witnesses; the rest is the same.
func TestBitcoinSV(t *testing.T) {
	net, err := p2p.Network("bsv-regtest")
	if err != nil {
		t.Fatal(err)
	}
	f := listen(t)
	c := start(t, p2p.Config{Params: net, Peers: []string{f.addr}})
	conn := f.accept(t)
	if conn.magic = wire.BitcoinNet(0xfabfb5da); net.Net == 0xe8f3e1e3 {
		t.Fatal("regtest has the magic of the main network")
	}
	conn.magic = net.Net
	v := conn.greet(t, func(v *wire.MsgVersion) { v.Services = wire.SFNodeNetwork })
	if v.Services != 0 {
		t.Errorf("it says that it has services %v, want none", v.Services)
	}
	conn.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, conn).Nonce))
	if err := c.Ready(within(t), 1); err != nil {
		t.Fatal(err)
	}
	tx := made(1)
	tx.TxIn[0].Witness = nil
	b := broadcast(t, c, tx, p2p.In(p2p.Push))
	if got := expect[*wire.MsgTx](t, conn); got.TxHash() != tx.TxHash() {
		t.Error("another transaction came")
	}
	wait(t, b, p2p.Sent)
	for name, want := range map[string][4]byte{
		"bsv": {0xe3, 0xe1, 0xf3, 0xe8}, "bsv-testnet": {0xf4, 0xe5, 0xf3, 0xf4}, "bsv-stn": {0xfb, 0xce, 0xc4, 0xf9}, "bsv-regtest": {0xda, 0xb5, 0xbf, 0xfa},
	} {
		p, err := p2p.Network(name)
		if err != nil {
			t.Fatal(err)
		}
		got := [4]byte{byte(p.Net), byte(p.Net >> 8), byte(p.Net >> 16), byte(p.Net >> 24)}
		if got != want {
			t.Errorf("%s: got magic %x, want %x", name, got, want)
		}
	}
	for _, name := range p2p.Networks {
		if _, err := p2p.Network(name); err != nil {
			t.Error(err)
		}
	}
}
