package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	broadcasts "github.com/bitcoim/bitcoim/internal/bench/relay"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/p2p"
)

// p2pRun runs `bitcoim p2p` on regtest and returns what it prints and its exit
// code.
func p2pRun(ctx context.Context, use string, args ...string) (out string, code int) {
	var o, e bytes.Buffer
	err := run(ctx, append([]string{"p2p", use, "-net", "regtest"}, args...), &o, &e)
	c, has := errors.AsType[coded](err)
	switch {
	case has:
		return o.String() + e.String() + err.Error(), c.code
	case errors.Is(err, errUsage):
		return o.String() + e.String(), 2
	case err != nil:
		return o.String() + e.String() + err.Error(), 1
	}
	return o.String(), 0
}

func rawTx(t *testing.T, tx *wire.MsgTx) string {
	t.Helper()
	var b bytes.Buffer
	if err := tx.Serialize(&b); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b.Bytes())
}

func TestP2POnRealNodes(t *testing.T) {
	needs.Programs(t)
	btcd, err := nodes.BuildModern(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	bin := nodes.Bin{Btcd: btcd}
	a, err := regtest.Start(t.Context(), filepath.Join(t.TempDir(), "a"), bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Stop() })
	txs, err := broadcasts.Spends(t.Context(), a, 4)
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.StartPeer(t.Context(), filepath.Join(t.TempDir(), "b"), bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Stop() })
	to := []string{"-main", a.P2P, "-peer", b.P2P, "-timeout", "30s"}
	with := func(args ...string) []string { return append(append([]string{}, to...), args...) }

	out, code := p2pRun(t.Context(), "send", with("-json", rawTx(t, txs[0]))...)
	var r p2p.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 || r.Level != p2p.Seen || r.Txid != txs[0].TxHash().String() {
		t.Errorf("send: got exit %d: %s (%v)", code, out, err)
	}
	file := filepath.Join(t.TempDir(), "txs")
	if err := os.WriteFile(file, []byte(rawTx(t, txs[1])+"\n\n"+rawTx(t, txs[2])+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code = p2pRun(t.Context(), "send", with("-mode", "inv", "@"+file)...)
	if code != 0 || strings.Count(out, " seen: sent to 1 nodes, 1 asked for it") != 2 {
		t.Errorf("send of a file: got exit %d: %s", code, out)
	}
	double := txs[0].Copy()
	double.TxOut[0].Value--
	double.TxIn[0].Witness = txs[1].TxIn[0].Witness // of no use, but nodes look at the coin first
	if out, code = p2pRun(t.Context(), "send", with("-mode", "push", rawTx(t, double))...); code != exitRejected || !strings.Contains(out, "conflict with "+r.Txid) {
		t.Errorf("send of a conflict: got exit %d: %s", code, out)
	}
	if out, code = p2pRun(t.Context(), "send", "-main", a.P2P, "-peer", b.P2P, "-timeout", "3s", "-seen", "9", rawTx(t, txs[3])); code != exitNotReached {
		t.Errorf("send without enough watchers: got exit %d: %s", code, out)
	}
	if out, code = p2pRun(t.Context(), "peers", to...); code != 0 || strings.Count(out, "btcd:0.26.2") != 2 || strings.Index(out, a.P2P) > strings.Index(out, b.P2P) {
		t.Errorf("peers: got exit %d: %s", code, out)
	}
	if out, code = p2pRun(t.Context(), "version", "-json", b.P2P); code != 0 || !strings.Contains(out, `"addr":"`+b.P2P+`"`) {
		t.Errorf("version: got exit %d: %s", code, out)
	}
	if out, code = p2pRun(t.Context(), "get", with("tx", r.Txid)...); code != 0 || strings.TrimSpace(out) != rawTx(t, txs[0]) {
		t.Errorf("get tx: got exit %d: %s", code, out)
	}
	if out, code = p2pRun(t.Context(), "get", with("headers", chaincfg.RegressionNetParams.GenesisHash.String())...); code != 0 || strings.Count(out, "\n") < 400 {
		t.Errorf("get headers: got exit %d and %d lines", code, strings.Count(out, "\n"))
	}
	if out, code = p2pRun(t.Context(), "get", with("block", strings.Repeat("12", 32))...); code != exitNotReached {
		t.Errorf("get of a block that is none: got exit %d: %s", code, out)
	}

	// Whoever watches hears of a block.
	ctx, stop := context.WithCancel(t.Context())
	pr, pw := net.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"p2p", "watch", "-net", "regtest", "-json", "-blocks", "-txs"}, "-main", a.P2P, "-peer", b.P2P), pw, os.Stderr)
	}()
	mining := make(chan error, 1)
	go func() { // again and again: the watcher may still be on its way to the nodes
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			if _, err := a.Mine(t.Context(), 1); err != nil {
				mining <- err
				return
			}
			select {
			case <-ctx.Done():
				mining <- nil
				return
			case <-tick.C:
			}
		}
	}()
	var s sight
	for heard := json.NewDecoder(pr); s.What != "block"; {
		if err := heard.Decode(&s); err != nil {
			t.Fatal(err)
		}
	}
	if s.Height == 0 || len(s.Hash) != 64 || s.Peer == "" {
		t.Errorf("watch: got %+v", s)
	}
	stop()
	pr.Close()
	if err := errors.Join(<-done, <-mining); err != nil {
		t.Errorf("watch: %v", err)
	}
}

func TestP2PExitCodes(t *testing.T) {
	none, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := none.Addr().String()
	none.Close()
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash{1}}, nil, nil))
	tx.AddTxOut(wire.NewTxOut(1, nil))
	for name, tt := range map[string]struct {
		args []string
		want int
	}{
		"nobody is there":        {[]string{"send", "-peer", nobody, "-timeout", "300ms", rawTx(t, tx)}, exitNoPeer},
		"nobody is named":        {[]string{"send", rawTx(t, tx)}, 2},
		"it is no transaction":   {[]string{"send", "-mode", "private", "-proxy", nobody, "-peer", nobody, "00"}, 2},
		"private without proxy":  {[]string{"send", "-mode", "private", "-peer", nobody, rawTx(t, tx)}, 2},
		"no such mode":           {[]string{"send", "-mode", "loud", "-peer", nobody, rawTx(t, tx)}, 2},
		"no such level":          {[]string{"send", "-wait", "rich", "-peer", nobody, rawTx(t, tx)}, 2},
		"no such thing":          {[]string{"get", "-peer", nobody, "coin", strings.Repeat("00", 32)}, 2},
		"no hash":                {[]string{"get", "-peer", nobody, "tx", "zz"}, 2},
		"no address":             {[]string{"watch", "-peer", nobody, "-address", "bc1q"}, 2},
		"nothing to do":          {[]string{"dance"}, 2},
		"private, proxy is gone": {[]string{"send", "-mode", "private", "-proxy", nobody, "-peer", nobody, "-timeout", "300ms", rawTx(t, tx)}, exitNotReached},
	} {
		if out, code := p2pRun(t.Context(), tt.args[0], tt.args[1:]...); code != tt.want {
			t.Errorf("%s: got exit %d, want %d: %s", name, code, tt.want, out)
		}
	}
}

// Ten thousand lines, to one node that asks for each.
func TestP2PSendsManyLines(t *testing.T) {
	const lines = 10_000
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan int, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		got <- greedy(conn)
	}()
	var text strings.Builder
	for i := range lines {
		tx := wire.NewMsgTx(2)
		tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash{1}, Index: uint32(i)}, nil, nil))
		tx.AddTxOut(wire.NewTxOut(1, []byte{0x51}))
		fmt.Fprintln(&text, rawTx(t, tx))
	}
	file := filepath.Join(t.TempDir(), "txs")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := p2pRun(t.Context(), "send", "-peer", l.Addr().String(), "-v2", "off", "-mode", "inv", "-wait", "delivered", "@"+file)
	l.Close()
	if n := <-got; code != 0 || strings.Count(out, "\n") != lines || n != lines {
		t.Errorf("got exit %d, %d lines, and %d transactions arrived, want %d", code, strings.Count(out, "\n"), n, lines)
	}
}

// greedy is a node that asks for all that is announced; it counts what comes.
func greedy(conn net.Conn) (txs int) {
	magic := chaincfg.RegressionNetParams.Net
	say := func(m wire.Message) { _ = wire.WriteMessage(conn, m, wire.ProtocolVersion, magic) }
	for {
		_, m, _, err := wire.ReadMessageWithEncodingN(conn, wire.ProtocolVersion, magic, wire.WitnessEncoding)
		if err != nil && !errors.Is(err, wire.ErrUnknownMessage) {
			return txs
		}
		switch m := m.(type) {
		case *wire.MsgVersion:
			m.Nonce, m.Services = 0, wire.SFNodeNetwork|wire.SFNodeWitness
			say(m)
			say(wire.NewMsgVerAck())
		case *wire.MsgPing:
			say(wire.NewMsgPong(m.Nonce))
		case *wire.MsgInv:
			say(&wire.MsgGetData{InvList: m.InvList})
		case *wire.MsgTx:
			txs++
		}
	}
}
