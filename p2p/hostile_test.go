package p2p_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

// meet starts a client that knows one fake, and returns their connection.
func meet(t testing.TB, cfg p2p.Config) (*p2p.Client, *fake, *caller) {
	t.Helper()
	f := listen(t)
	cfg.Peers, cfg.V2 = append(cfg.Peers, f.addr), p2p.V2Off
	c := start(t, cfg)
	return c, f, f.accept(t)
}

// honest is meet with an honest handshake, until the client is ready.
func honest(t testing.TB, cfg p2p.Config, change func(*wire.MsgVersion), extra ...wire.Message) (*p2p.Client, *caller) {
	t.Helper()
	c, _, conn := meet(t, cfg)
	conn.greet(t, change, extra...)
	conn.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, conn).Nonce))
	if err := c.Ready(within(t), 1); err != nil {
		t.Fatal(err)
	}
	return c, conn
}

// inventory is n announcements of transactions that nobody knows.
func inventory(n int, salt uint32) *wire.MsgInv {
	inv := wire.NewMsgInvSizeHint(uint(n))
	for i := range n {
		var h chainhash.Hash
		binary.LittleEndian.PutUint32(h[:], uint32(i)+1)
		binary.LittleEndian.PutUint32(h[4:], salt)
		inv.InvList = append(inv.InvList, &wire.InvVect{Type: wire.InvTypeTx, Hash: h})
	}
	return inv
}

// header is that of a message that never comes.
func header(magic wire.BitcoinNet, command string, size uint32) []byte {
	var b [24]byte
	binary.LittleEndian.PutUint32(b[:], uint32(magic))
	copy(b[4:16], command)
	binary.LittleEndian.PutUint32(b[16:], size)
	return b[:]
}

func TestAPeerThatMisbehavesIsLeft(t *testing.T) {
	never := p2p.Times{Dial: time.Minute, Ping: time.Minute, Stall: time.Minute}
	for name, tt := range map[string]struct {
		times p2p.Times
		do    func(t *testing.T, c *caller)
	}{
		"it is of another network": {never, func(t *testing.T, c *caller) {
			c.other = wire.MainNet
			expect[*wire.MsgVersion](t, c)
			c.trySay(hello())
			c.trySay(wire.NewMsgVerAck())
		}},
		"its version comes after something else": {never, func(t *testing.T, c *caller) { c.say(t, wire.NewMsgVerAck()) }},
		"its version is ours": {never, func(t *testing.T, c *caller) {
			c.say(t, expect[*wire.MsgVersion](t, c))
		}},
		"it speaks an old protocol": {never, func(t *testing.T, c *caller) {
			c.greet(t, func(v *wire.MsgVersion) { v.ProtocolVersion = 60002 })
		}},
		"it says its version twice": {never, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			c.say(t, hello())
		}},
		"it says nothing": {p2p.Times{Dial: 200 * time.Millisecond}, func(*testing.T, *caller) {}},
		"it says nothing after the handshake": {p2p.Times{Dial: 200 * time.Millisecond}, func(t *testing.T, c *caller) {
			c.greet(t, nil)
		}},
		"it talks for ever before its verack": {never, func(t *testing.T, c *caller) {
			expect[*wire.MsgVersion](t, c)
			for c.trySay(wire.NewMsgSendHeaders()) == nil {
			}
		}},
		"its version is a megabyte": {never, func(t *testing.T, c *caller) { c.Write(header(c.magic, "version", 1<<20)) }},
		"its inv is a gigabyte": {never, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			c.Write(header(c.magic, "inv", 1<<30))
		}},
		"it sends a gigabyte of what nobody asked for": {never, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			c.Write(header(c.magic, "block", 1<<30))
		}},
		"its checksum is wrong": {never, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			c.Write(append(header(c.magic, "ping", 8), make([]byte, 8)...))
		}},
		"its command is no text": {never, func(t *testing.T, c *caller) { c.Write(header(c.magic, "\x01\x02", 0)) }},
		"it announces without end": {never, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			for i := uint32(0); c.trySay(inventory(wire.MaxInvPerMsg, i)) == nil; i++ {
			}
		}},
		"it asks for thousands of things we never had": {never, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			c.say(t, &wire.MsgGetData{InvList: inventory(5000, 0).InvList})
		}},
		"it forges headers": {never, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			forged := wire.NewMsgHeaders()
			_ = forged.AddBlockHeader(&wire.BlockHeader{Version: 1, Bits: chaincfg.MainNetParams.PowLimitBits, Timestamp: time.Now()})
			c.say(t, forged)
		}},
		"it sends a byte at a time": {p2p.Times{Stall: 300 * time.Millisecond, Ping: 50 * time.Millisecond}, func(t *testing.T, c *caller) {
			c.greet(t, nil)
			c.say(t, wire.NewMsgPong(expect[*wire.MsgPing](t, c).Nonce))
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for _, b := range append(header(c.magic, "inv", 100_000), make([]byte, 100_000)...) {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				<-tick.C
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, c := meet(t, p2p.Config{Times: tt.times})
			tt.do(t, c)
			c.gone(t)
		})
	}
}

// What a peer makes us say is kept for it, but not without end.
func TestAPeerThatAsksAndDoesNotReadIsLeft(t *testing.T) {
	_, _, conn := meet(t, p2p.Config{Times: p2p.Times{Stall: 2 * patience, Ping: patience, Dial: 2 * patience}})
	conn.greet(t, nil)
	var err error
	for err == nil {
		err = conn.trySay(wire.NewMsgPing(1))
	}
	if isTimeout(err) {
		t.Error("it is not left")
	}
}

// What is unknown, or was not asked for, is skipped: it is no reason to go.
func TestWhatNobodyAskedForIsSkipped(t *testing.T) {
	c, conn := honest(t, p2p.Config{}, nil)
	conn.Write(append(header(conn.magic, "cmpctblock", 3), 1, 2, 3)) // with a wrong checksum, even
	conn.Write(append(header(conn.magic, "tx", 100_000), bytes.Repeat([]byte{0xff}, 100_000)...))
	conn.Write(append(header(conn.magic, "block", 3_900_000), make([]byte, 3_900_000)...))
	conn.say(t, wire.NewMsgPing(77))
	if pong := expect[*wire.MsgPong](t, conn); pong.Nonce != 77 || len(c.Peers()) != 1 {
		t.Errorf("got pong %d, want 77 and to be a peer still", pong.Nonce)
	}
}

func TestAHostilePeerIsNotCalledAgain(t *testing.T) {
	_, f, conn := meet(t, p2p.Config{})
	conn.magic = wire.MainNet
	conn.trySay(wire.NewMsgVerAck())
	conn.gone(t)
	if err := f.l.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if conn, err := f.l.Accept(); err == nil { // others are called again after 50 ms
		conn.Close()
		t.Error("it is called again")
	}
}

func TestNothingIsServedForEver(t *testing.T) {
	c, conn := honest(t, p2p.Config{}, nil)
	tx := made(1)
	b := broadcast(t, c, tx, p2p.In(p2p.Inv))
	inv := expect[*wire.MsgInv](t, conn)
	again := &wire.MsgGetData{}
	for range 500 {
		again.InvList = append(again.InvList, inv.InvList[0])
	}
	conn.say(t, again, wire.NewMsgPing(99))
	served := 0
	for {
		m, err := conn.hear()
		if err != nil {
			t.Fatal(err)
		}
		if m.Command() == wire.CmdTx {
			served++
		}
		if ping, ok := m.(*wire.MsgPing); ok && served > 0 {
			conn.say(t, wire.NewMsgPong(ping.Nonce))
			break
		}
	}
	if served > 3 {
		t.Errorf("got it %d times for the asking, want 3 at most", served)
	}
	if r := wait(t, b, p2p.Delivered); r.Requested != 1 {
		t.Errorf("got %+v, want it asked for by one", r)
	}
	foreign := inventory(2, 7)
	conn.say(t, &wire.MsgGetData{InvList: foreign.InvList})
	if none := expect[*wire.MsgNotFound](t, conn); len(none.InvList) != 2 {
		t.Errorf("got notfound for %d, want 2", len(none.InvList))
	}
}

// made is a transaction that no node would take, each n another.
func made(n uint32) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash{1}, Index: n}, nil, wire.TxWitness{[]byte("witness")}))
	tx.AddTxOut(wire.NewTxOut(1000, []byte{0x51}))
	return tx
}
