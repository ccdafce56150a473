package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	broadcasts "github.com/bitcoim/bitcoim/internal/bench/relay"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/p2p"
)

// cores are two nodes that relay and one that does not (-blocksonly), as
// Bitcoin Core behaves.
type cores struct {
	a, b, blocks string // host:port
	txs          []*wire.MsgTx
	submit       func(tx *wire.MsgTx) // into the mempool of a, which announces it
	has          func(tx *wire.MsgTx) bool
}

// onCores runs a test on peers that do what Bitcoin Core was seen to do, and
// on the real one where there is one.
func onCores(t *testing.T, test func(t *testing.T, n cores)) {
	t.Run("played", func(t *testing.T) {
		a, b, blocks := newPlayed(t, false), newPlayed(t, false), newPlayed(t, true)
		a.neighbour, b.neighbour = b, a
		n := cores{a: a.addr, b: b.addr, blocks: blocks.addr, submit: func(tx *wire.MsgTx) { a.take(tx, nil) }, has: a.has}
		for i := range 4 {
			tx := wire.NewMsgTx(2)
			tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: [32]byte{7}, Index: uint32(i)}, nil, [][]byte{{1, 2, 3}}))
			tx.AddTxOut(wire.NewTxOut(1000, []byte{0x51}))
			n.txs = append(n.txs, tx)
		}
		test(t, n)
	})
	t.Run("real", func(t *testing.T) {
		path, ok := nodes.Bitcoind()
		if !ok {
			t.Skip("no bitcoind in $BITCOIND or $PATH: the played one has to do")
		}
		a, err := regtest.StartBitcoind(t.Context(), filepath.Join(t.TempDir(), "a"), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Stop() })
		n := cores{a: a.P2P}
		if n.txs, err = broadcasts.Spends(t.Context(), a, 4); err != nil {
			t.Fatal(err)
		}
		for at, args := range map[*string][]string{&n.b: nil, &n.blocks: {"-blocksonly", "-whitelistrelay=0"}} {
			peer, err := a.StartBitcoindPeer(t.Context(), filepath.Join(t.TempDir(), "peer"), path, args...)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = peer.Stop() })
			*at = peer.P2P
		}
		n.submit = func(tx *wire.MsgTx) {
			if err := a.RPC.Call(t.Context(), "sendrawtransaction", nil, rawTx(t, tx)); err != nil {
				t.Error(err)
			}
		}
		n.has = func(tx *wire.MsgTx) bool {
			ids, err := a.Mempool(t.Context())
			return err == nil && slices.Contains(ids, tx.TxHash().String())
		}
		test(t, n)
	})
}

// heard passes on what is written, and says when a text was among it.
type heard struct {
	mu   sync.Mutex
	all  bytes.Buffer
	text string
	once sync.Once
	come chan struct{}
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all.Write(b)
	if strings.Contains(h.all.String(), h.text) {
		h.once.Do(func() { close(h.come) })
	}
	return len(b), nil
}

func (h *heard) wait(t *testing.T) {
	t.Helper()
	select {
	case <-h.come:
	case <-time.After(time.Minute):
		t.Fatalf("no %q in %s", h.text, h.all.String())
	}
}

// A transaction that is watched for is found by its txid, and both its ids are
// said: Bitcoin Core announces wtxids to whoever understands them.
func TestWatchFindsATransactionByItsTxid(t *testing.T) {
	onCores(t, func(t *testing.T, n cores) {
		tx := n.txs[0]
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		ready, lines := &heard{text: "peer ready", come: make(chan struct{})}, make(chan sight, 10)
		r, w := net.Pipe()
		done := make(chan error, 1)
		go func() {
			done <- run(ctx, []string{"p2p", "watch", "-net", "regtest", "-v", "-json", "-peer", n.a, "-txid", tx.TxHash().String()}, w, ready)
			w.Close()
		}()
		go func() {
			defer close(lines)
			for d := json.NewDecoder(r); ; {
				var s sight
				if d.Decode(&s) != nil {
					return
				}
				lines <- s
			}
		}()
		ready.wait(t)
		n.submit(n.txs[1]) // of no interest
		n.submit(tx)
		select {
		case s := <-lines:
			if s.What != "tx" || s.Hash != tx.TxHash().String() || s.Wtxid != tx.WitnessHash().String() || s.Peer != n.a {
				t.Errorf("got %+v, want txid %s and wtxid %s", s, tx.TxHash(), tx.WitnessHash())
			}
		case <-time.After(time.Minute):
			t.Error("it is not seen")
		}
		stop()
		for range lines {
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A node that relays nothing is neither given a transaction nor watched for it.
func TestABlocksOnlyNodeIsNoWatcher(t *testing.T) {
	onCores(t, func(t *testing.T, n cores) {
		out, code := p2pRun(t.Context(), "send", "-json", "-timeout", "20s", "-peer", n.a, "-peer", n.blocks, "-peer", n.b, rawTx(t, n.txs[0]))
		var r p2p.Report
		if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 || r.Level != p2p.Seen || r.Sent != 1 || slices.Contains(r.SeenBy, n.blocks) {
			t.Errorf("got exit %d: %s (%v)", code, out, err)
		}
		if out, code = p2pRun(t.Context(), "peers", "-json", "-peer", n.blocks, "-peer", n.a); code != 0 {
			t.Fatalf("peers: exit %d: %s", code, out)
		}
		for line := range strings.Lines(out) {
			var p p2p.Peer
			if err := json.Unmarshal([]byte(line), &p); err != nil || (p.Addr == n.blocks) != (p.Role == p2p.Silent) {
				t.Errorf("got %+v (%v)", p, err)
			}
		}
	})
}

// What is in a mempool is given only behind an announcement: it is asked for
// again, and nobody is said not to have it.
func TestGetOfWhatIsInAMempool(t *testing.T) {
	onCores(t, func(t *testing.T, n cores) {
		n.submit(n.txs[0])
		ready := &heard{text: "peer ready", come: make(chan struct{})}
		var out bytes.Buffer
		done := make(chan error, 1)
		go func() {
			done <- run(t.Context(), []string{"p2p", "get", "-net", "regtest", "-v", "-timeout", "1m", "-peer", n.a, "tx", n.txs[0].TxHash().String()}, &out, ready)
		}()
		ready.wait(t)
		n.submit(n.txs[1])
		if err := <-done; err != nil || strings.TrimSpace(out.String()) != rawTx(t, n.txs[0]) {
			t.Errorf("got %q (%v)", out.String(), err)
		}
		said, code := p2pRun(t.Context(), "get", "-timeout", "2s", "-peer", n.a, "tx", strings.Repeat("12", 32))
		if code != exitNotReached || !strings.Contains(said, "no peer gives it") || !strings.Contains(said, "may have it") {
			t.Errorf("of one that is nowhere: got exit %d: %s", code, said)
		}
	})
}

// A node that refuses says nothing, and neither do we say more than is known.
func TestWhatSilenceMayMean(t *testing.T) {
	onCores(t, func(t *testing.T, n cores) {
		bad := n.txs[0].Copy()
		bad.TxIn[0].Witness[0] = bytes.Repeat([]byte{1}, len(bad.TxIn[0].Witness[0]))
		to := []string{"-timeout", "3s", "-mode", "push", "-peer", n.a}
		out, code := p2pRun(t.Context(), "send", append(to, "-wait", "delivered", rawTx(t, bad))...)
		if code != 0 || !strings.Contains(out, "is not known") || !strings.Contains(out, "nobody was left to watch") {
			t.Errorf("one node: got exit %d: %s", code, out)
		}
		out, code = p2pRun(t.Context(), "send", append(to, "-peer", n.b, "-wait", "seen", rawTx(t, bad))...)
		if code != exitNotReached || !strings.Contains(out, "is not known") || !strings.Contains(out, "too low a fee") {
			t.Errorf("two nodes: got exit %d: %s", code, out)
		}
		if n.has(bad) {
			t.Error("the node took it")
		}
		// What it says itself is heard before: it is not sent at all.
		out, code = p2pRun(t.Context(), "send", append(to, "-fee", "1", rawTx(t, n.txs[1]))...)
		if code != exitRejected || !strings.Contains(out, "no peer takes less than") {
			t.Errorf("too low a fee: got exit %d: %s", code, out)
		}
		if n.has(n.txs[1]) {
			t.Error("the node was given what pays too little")
		}
		out, code = p2pRun(t.Context(), "send", append(to, "-peer", n.b, "-fee", "1000", rawTx(t, n.txs[1]))...)
		if code != 0 || !strings.Contains(out, " seen: ") {
			t.Errorf("fee enough: got exit %d: %s", code, out)
		}
	})
}

// Whoever only announces must not leave before it is asked.
func TestAnAnnouncementIsNotLeftAlone(t *testing.T) {
	onCores(t, func(t *testing.T, n cores) {
		out, code := p2pRun(t.Context(), "send", "-peer", n.a, "-mode", "inv", "-wait", "sent", rawTx(t, n.txs[0]))
		if code != 2 || !strings.Contains(out, "-wait delivered") {
			t.Errorf("got exit %d: %s", code, out)
		}
		out, code = p2pRun(t.Context(), "send", "-peer", n.a, "-mode", "inv", "-wait", "requested", rawTx(t, n.txs[0]))
		if code != 0 || !strings.Contains(out, "1 asked for it, 1 read it") {
			t.Errorf("got exit %d: %s", code, out)
		}
		tick, late := time.NewTicker(5*time.Millisecond), time.After(time.Minute)
		defer tick.Stop()
		for !n.has(n.txs[0]) {
			select {
			case <-tick.C:
			case <-late:
				t.Fatal("it is not in the mempool")
			}
		}
	})
}

func TestSendOfNothing(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	blank := filepath.Join(t.TempDir(), "blank")
	if err := os.WriteFile(blank, []byte("\n \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := newPlayed(t, false)
	for _, what := range []string{"", "@" + empty, "@" + blank} {
		if out, code := p2pRun(t.Context(), "send", "-peer", a.addr, what); code != 2 || !strings.Contains(out, "no transaction") {
			t.Errorf("%q: got exit %d: %s", what, code, out)
		}
	}
}

func TestAPrivateSendSaysWhyItDoesNotGo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := l.Addr().String()
	l.Close()
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: [32]byte{1}}, nil, nil))
	tx.AddTxOut(wire.NewTxOut(1, []byte{0x51}))
	out, code := p2pRun(t.Context(), "send", "-mode", "private", "-proxy", dead, "-peer", "203.0.113.1:8333", "-timeout", "2s", rawTx(t, tx))
	if code != exitNotReached || !strings.Contains(out, "not sent yet: dial: socks connect") || !strings.Contains(out, dead) {
		t.Errorf("got exit %d: %s", code, out)
	}
	if out, code = p2pRun(t.Context(), "send", "-mode", "private", "-wait", "sent", "-proxy", dead, "-peer", "203.0.113.1:8333", rawTx(t, tx)); code != 2 {
		t.Errorf("-wait sent: got exit %d: %s", code, out)
	}
}
