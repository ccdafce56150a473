package p2p_test

import (
	"testing"
	"time"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

// mine makes a block of these transactions that has its work. root is what its
// header says of them.
func mine(root chainhash.Hash, prev chainhash.Hash, txs ...*wire.MsgTx) *wire.MsgBlock {
	b := wire.NewMsgBlock(&wire.BlockHeader{Version: 4, PrevBlock: prev, MerkleRoot: root, Timestamp: time.Now().Truncate(time.Second), Bits: params.PowLimitBits})
	b.Transactions = txs
	for !p2p.Worked(&b.Header, b.BlockHash(), params) {
		b.Header.Nonce++
	}
	return b
}

// A peer that puts a transaction into a block whose root does not have it
// proves nothing.
func TestAForgedBlockProvesNothing(t *testing.T) {
	c, conn := honest(t, p2p.Config{}, nil)
	ours, other := made(1), made(2)
	b := broadcast(t, c, ours, p2p.In(p2p.Push), p2p.Blocks())
	wait(t, b, p2p.Sent)
	give := func(block *wire.MsgBlock) {
		hash := block.BlockHash()
		conn.say(t, &wire.MsgInv{InvList: []*wire.InvVect{wire.NewInvVect(wire.InvTypeBlock, &hash)}})
		if ask := expect[*wire.MsgGetHeaders](t, conn); ask.HashStop != hash {
			t.Errorf("asked for header %s, want %s", ask.HashStop, hash)
		}
		conn.say(t, &wire.MsgHeaders{Headers: []*wire.BlockHeader{&block.Header}})
		expect[*wire.MsgGetData](t, conn)
		conn.say(t, block)
	}
	forged := mine(other.TxHash(), chainhash.Hash{}, other, ours)
	give(forged)
	genuine := mine(blockchain.CalcMerkleRoot([]*btcutil.Tx{btcutil.NewTx(other), btcutil.NewTx(ours)}, false), forged.BlockHash(), other, ours)
	give(genuine) // it is looked into after the other one
	r := wait(t, b, p2p.Mined)
	if hash := genuine.BlockHash(); r.Mined.Block != hash.String() || r.Mined.Height != 102 {
		t.Errorf("got %+v, want block %s of height 102", r.Mined, hash)
	}
}
