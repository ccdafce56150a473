package main

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// played is a peer that does what Bitcoin Core 31 was seen to do and btcd does
// not: it announces wtxids to whoever speaks of them (BIP 339), gives away
// nothing of its mempool before it has announced something on a connection,
// refuses without a word, and says beforehand what fee it takes (BIP 133).
type played struct {
	addr       string
	blocksOnly bool
	neighbour  *played

	mu    sync.Mutex
	pool  map[chainhash.Hash]*wire.MsgTx // by txid
	conns map[*playedConn]bool
}

type playedConn struct {
	net.Conn
	mu      sync.Mutex // of writes
	byWtxid bool
	given   map[chainhash.Hash]bool // txids that it told us of
	told    bool                    // something was announced to it: now it may ask
}

// playedFee is its feefilter, in satoshis per 1,000 vbytes.
const playedFee = 100

const playedWtx wire.InvType = 5 // MSG_WTX

func newPlayed(t *testing.T, blocksOnly bool) *played {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &played{addr: l.Addr().String(), blocksOnly: blocksOnly, pool: map[chainhash.Hash]*wire.MsgTx{}, conns: map[*playedConn]bool{}}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c := &playedConn{Conn: conn, given: map[chainhash.Hash]bool{}}
			work.Go(func() { defer conn.Close(); p.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		work.Wait()
	})
	return p
}

func (c *playedConn) say(messages ...wire.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range messages {
		_, _ = wire.WriteMessageWithEncodingN(c.Conn, m, wire.ProtocolVersion, chaincfg.RegressionNetParams.Net, wire.WitnessEncoding)
	}
}

func (p *played) serve(c *playedConn) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, c)
	}()
	for r := bufio.NewReader(c.Conn); ; {
		// The wire package reads no wtxidrelay.
		if head, err := r.Peek(wire.MessageHeaderSize); err == nil && string(head[4:4+len(wire.CmdWTxIdRelay)]) == wire.CmdWTxIdRelay {
			c.byWtxid = true
		}
		_, m, _, err := wire.ReadMessageWithEncodingN(r, wire.ProtocolVersion, chaincfg.RegressionNetParams.Net, wire.WitnessEncoding)
		if err != nil && !errors.Is(err, wire.ErrUnknownMessage) {
			return
		}
		switch m := m.(type) {
		case *wire.MsgVersion:
			m.Nonce, m.Services, m.UserAgent, m.DisableRelayTx = 0, wire.SFNodeNetwork|wire.SFNodeWitness, "/played/", p.blocksOnly
			c.say(m, wire.NewMsgWTxIdRelay(), wire.NewMsgSendAddrV2(), wire.NewMsgVerAck())
		case *wire.MsgVerAck:
			c.say(wire.NewMsgFeeFilter(playedFee))
			p.mu.Lock()
			p.conns[c] = true
			p.mu.Unlock()
		case *wire.MsgPing:
			c.say(wire.NewMsgPong(m.Nonce))
		case *wire.MsgTx:
			if p.blocksOnly {
				return // it hangs up
			}
			p.take(m, c)
		case *wire.MsgInv:
			want := wire.NewMsgGetData()
			for _, iv := range m.InvList {
				if !p.blocksOnly && (iv.Type == wire.InvTypeTx || iv.Type == playedWtx) {
					want.InvList = append(want.InvList, iv)
				}
			}
			c.say(want)
		case *wire.MsgGetData:
			p.give(c, m)
		}
	}
}

// good reports whether it would be taken: what is bad here has a first witness
// of nothing but ones.
func good(tx *wire.MsgTx) bool {
	for _, b := range tx.TxIn[0].Witness[0] {
		if b != 1 {
			return true
		}
	}
	return false
}

// take puts a transaction into the mempool and announces it, or says nothing.
func (p *played) take(tx *wire.MsgTx, from *playedConn) {
	if !good(tx) {
		return
	}
	p.mu.Lock()
	if from != nil {
		from.given[tx.TxHash()] = true
	}
	if p.pool[tx.TxHash()] != nil {
		p.mu.Unlock()
		return
	}
	p.pool[tx.TxHash()] = tx
	for c := range p.conns {
		if c.given[tx.TxHash()] {
			continue
		}
		c.told = true
		iv := &wire.InvVect{Type: wire.InvTypeTx, Hash: tx.TxHash()}
		if c.byWtxid {
			iv = &wire.InvVect{Type: playedWtx, Hash: tx.WitnessHash()}
		}
		c.say(&wire.MsgInv{InvList: []*wire.InvVect{iv}})
	}
	p.mu.Unlock()
	if p.neighbour != nil {
		p.neighbour.take(tx, nil)
	}
}

// give answers a getdata.
func (p *played) give(c *playedConn, m *wire.MsgGetData) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, iv := range m.InvList {
		var found *wire.MsgTx
		for _, tx := range p.pool {
			if c.told && (tx.TxHash() == iv.Hash || iv.Type == playedWtx && tx.WitnessHash() == iv.Hash) {
				found = tx
			}
		}
		if found == nil {
			c.say(&wire.MsgNotFound{InvList: []*wire.InvVect{iv}})
		} else {
			c.say(found)
		}
	}
}

func (p *played) has(tx *wire.MsgTx) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pool[tx.TxHash()] != nil
}
