package p2p_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/p2p"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(whole{m}, goleak.IgnoreAnyFunction("os/exec.(*Cmd).Wait"))
}

// whole ends the nodes before the goroutines are counted.
type whole struct{ m *testing.M }

func (w whole) Run() int {
	code := w.m.Run()
	if err := net.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// network is four btcd nodes in a line, A-B-C-D, for all tests of this package.
type network struct {
	once  sync.Once
	err   error
	dir   string
	bin   nodes.Bin
	nodes []*regtest.Chain

	mu    sync.Mutex
	coins []coin
}

var net network

type coin struct {
	wire.OutPoint
	sat int64
}

const (
	coinSat = 20_000
	batch   = 250 // coins made by one transaction: its fee is enough for so many
)

// line returns A, B, C and D.
func line(t testing.TB) []*regtest.Chain {
	t.Helper()
	needs.Programs(t)
	if net.once.Do(func() { net.err = net.start(context.Background()) }); net.err != nil {
		t.Fatal(net.err)
	}
	return net.nodes
}

func (n *network) start(ctx context.Context) (err error) {
	if n.bin.Btcd, err = nodes.BuildModern(ctx, os.Stderr); err != nil {
		return err
	}
	if n.dir, err = os.MkdirTemp("", "bitcoim-p2p-"); err != nil {
		return err
	}
	a, err := regtest.Start(ctx, filepath.Join(n.dir, "A"), n.bin)
	if err != nil {
		return err
	}
	n.nodes = append(n.nodes, a)
	if err := n.fund(ctx, 500); err != nil {
		return err
	}
	for _, name := range []string{"B", "C", "D"} {
		next, err := n.nodes[len(n.nodes)-1].StartPeer(ctx, filepath.Join(n.dir, name), n.bin)
		if err != nil {
			return err
		}
		n.nodes = append(n.nodes, next)
	}
	return nil
}

func (n *network) stop() (err error) {
	for _, node := range slices.Backward(n.nodes) {
		err = errors.Join(err, node.Stop())
	}
	if n.dir != "" {
		err = errors.Join(err, os.RemoveAll(n.dir))
	}
	return err
}

// own is the key of all coins of these tests, as a witness program.
var own, ownAddress, ownScript = func() (*btcec.PrivateKey, string, []byte) {
	private, public := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{0x51}, 32))
	addr, err := address.NewAddressWitnessPubKeyHash(address.Hash160(public.SerializeCompressed()), params)
	if err != nil {
		panic(err)
	}
	script, err := txscript.PayToAddrScript(addr)
	if err != nil {
		panic(err)
	}
	return private, addr.EncodeAddress(), script
}()

var params = &chaincfg.RegressionNetParams

// fund makes coins of node A's rewards and confirms them.
func (n *network) fund(ctx context.Context, count int) error {
	var made []coin
	for count > len(made) {
		outs := make([]regtest.Output, min(batch, count-len(made)))
		for i := range outs {
			outs[i] = regtest.Output{Address: ownAddress, Sat: coinSat}
		}
		txid, err := n.nodes[0].Pay(ctx, outs...)
		if err != nil {
			return err
		}
		hash, err := chainhash.NewHashFromStr(txid)
		if err != nil {
			return err
		}
		for i := range outs {
			made = append(made, coin{wire.OutPoint{Hash: *hash, Index: uint32(i)}, coinSat})
		}
	}
	if _, err := n.nodes[0].Mine(ctx, 1); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.coins = append(n.coins, made...)
	return nil
}

// spend takes a coin and pays it back to the key, less the fee.
func spend(t testing.TB, fee int64) *wire.MsgTx {
	t.Helper()
	net.mu.Lock()
	defer net.mu.Unlock()
	if len(net.coins) == 0 {
		t.Fatal("no more coins")
	}
	c := net.coins[0]
	net.coins = net.coins[1:]
	return pay(t, c, fee)
}

// pay spends a coin.
func pay(t testing.TB, c coin, fee int64) *wire.MsgTx {
	t.Helper()
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&c.OutPoint, nil, nil))
	tx.AddTxOut(wire.NewTxOut(c.sat-fee, ownScript))
	fetcher := txscript.NewCannedPrevOutputFetcher(ownScript, c.sat)
	witness, err := txscript.WitnessSignature(tx, txscript.NewTxSigHashes(tx, fetcher), 0, c.sat, ownScript, txscript.SigHashAll, own, true)
	if err != nil {
		t.Fatal(err)
	}
	tx.TxIn[0].Witness = witness
	return tx
}

// first is the first output of a transaction.
func first(tx *wire.MsgTx) coin {
	return coin{wire.OutPoint{Hash: tx.TxHash()}, tx.TxOut[0].Value}
}

// start runs a client until the test ends. What is not set in cfg is set for
// tests.
func start(t testing.TB, cfg p2p.Config) *p2p.Client {
	t.Helper()
	c, stop := startFor(t, cfg)
	t.Cleanup(stop)
	return c
}

// startFor is start with the stop in the caller's hand.
func startFor(t testing.TB, cfg p2p.Config) (*p2p.Client, func()) {
	t.Helper()
	if cfg.Params == nil {
		cfg.Params = params
	}
	if cfg.Times.Backoff == 0 {
		cfg.Times.Backoff = 50 * time.Millisecond
	}
	if testing.Verbose() {
		cfg.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	c, err := p2p.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	return c, sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// connected is start and a wait for n peers.
func connected(t testing.TB, n int, cfg p2p.Config) *p2p.Client {
	t.Helper()
	c := start(t, cfg)
	if err := c.Ready(within(t), n); err != nil {
		t.Fatal(err)
	}
	return c
}

const patience = time.Minute

// within is long enough on any machine.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// addresses are where nodes listen.
func addresses(of ...*regtest.Chain) []string {
	var list []string
	for _, n := range of {
		list = append(list, n.P2P)
	}
	return list
}

// inMempool waits until a node has a transaction.
func inMempool(t testing.TB, node *regtest.Chain, tx *wire.MsgTx) {
	t.Helper()
	ctx := within(t)
	until(t, "mempool of "+node.P2P, func() bool {
		ids, err := node.Mempool(ctx)
		return err == nil && slices.Contains(ids, tx.TxHash().String())
	})
}

// until asks until it is so.
func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	ctx := within(t)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("not so: %s", what)
		case <-tick.C:
		}
	}
}

func broadcast(t testing.TB, c *p2p.Client, tx *wire.MsgTx, options ...p2p.Option) *p2p.Broadcast {
	t.Helper()
	b, err := c.Broadcast(within(t), tx, options...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wait(t testing.TB, b *p2p.Broadcast, level p2p.Level) p2p.Report {
	t.Helper()
	r, err := b.Wait(within(t), level)
	if err != nil {
		text, _ := json.Marshal(r)
		t.Fatalf("wait for %s: %v: %s", level, err, text)
	}
	return r
}
