package regtest_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func chain(t *testing.T) (*regtest.Chain, nodes.Bin) {
	t.Helper()
	needs.Programs(t)
	bin, err := nodes.Build(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := regtest.Start(t.Context(), t.TempDir(), bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c, bin
}

func lnd(t *testing.T, c *regtest.Chain, bin nodes.Bin) *regtest.LND {
	t.Helper()
	l, err := regtest.StartLND(t.Context(), t.TempDir(), bin, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Stop(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// must fails the test and not the reader.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// await waits until the wallet holds sat confirmed satoshis.
func await(t *testing.T, l *regtest.LND, sat int64) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		got, _, err := l.Balance(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got == sat {
			return
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("balance is %d sat, want %d", got, sat)
		}
	}
}

func TestAWalletGetsCoins(t *testing.T) {
	c, bin := chain(t)
	l := lnd(t, c, bin)
	if err := l.Fund(t.Context(), 1_000_000); err != nil {
		t.Fatal(err)
	}
	if err := l.Fund(t.Context(), 12_000_000_000); err != nil { // more than any single reward
		t.Fatal(err)
	}
	if sat, _, err := l.Balance(t.Context()); err != nil || sat != 12_001_000_000 {
		t.Errorf("got %d sat (%v)", sat, err)
	}
}

func TestANodeComesBackAfterAKill(t *testing.T) {
	c, bin := chain(t)
	l := lnd(t, c, bin)
	if err := l.Fund(t.Context(), 1_000_000); err != nil {
		t.Fatal(err)
	}
	if err := l.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Balance(t.Context()); err == nil {
		t.Error("a dead node answers")
	}
	if err := l.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sat, _, err := l.Balance(t.Context()); err != nil || sat != 1_000_000 {
		t.Errorf("got %d sat (%v)", sat, err)
	}
}

func TestAPausedNodeIsSilent(t *testing.T) {
	c, bin := chain(t)
	l := lnd(t, c, bin)
	if err := l.Pause(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200_000_000)
	defer cancel()
	if _, _, err := l.Balance(ctx); ctx.Err() == nil || err == nil {
		t.Errorf("got %v, want silence", err)
	}
	if err := l.Resume(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Balance(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAReorganisationTakesAPaymentBack(t *testing.T) {
	c, bin := chain(t)
	l := lnd(t, c, bin)
	ctx := t.Context()
	addr := must[string](t)(l.Address(ctx))
	txid := must[string](t)(c.Fund(ctx, addr, 5_000_000))
	must[[]string](t)(c.Mine(ctx, 1))
	await(t, l, 5_000_000)
	if err := c.Undo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	await(t, l, 0)
	if pool := must[[]string](t)(c.Mempool(ctx)); !slices.Contains(pool, txid) {
		t.Errorf("mempool is %v, want %s", pool, txid)
	}
	other := must[string](t)(c.Replace(ctx, txid))
	blocks := must[[]string](t)(c.Mine(ctx, 2))
	height := must[int64](t)(c.Height(ctx))
	if hash := must[string](t)(c.Hash(ctx, height)); hash != blocks[1] {
		t.Errorf("tip is %s, want %s", hash, blocks[1])
	}
	if pool := must[[]string](t)(c.Mempool(ctx)); len(pool) > 0 {
		t.Errorf("mempool is %v: %s was not mined", pool, other)
	}
	if sat, _, err := l.Balance(ctx); err != nil || sat != 0 {
		t.Errorf("balance is %d sat (%v)", sat, err)
	}
}

func TestAReorganisationKeepsAPayment(t *testing.T) {
	c, bin := chain(t)
	l := lnd(t, c, bin)
	if err := l.Fund(t.Context(), 700_000); err != nil {
		t.Fatal(err)
	}
	height := must[int64](t)(c.Height(t.Context()))
	must[[]string](t)(c.Reorg(t.Context(), 3))
	if got := must[int64](t)(c.Height(t.Context())); got != height+1 {
		t.Errorf("height is %d, was %d", got, height)
	}
	await(t, l, 700_000)
}

func TestTwoNodesPayEachOther(t *testing.T) {
	c, bin := chain(t)
	ann, bob := lnd(t, c, bin), lnd(t, c, bin)
	must[string](t)(ann.Open(t.Context(), bob, 2_000_000, 500_000))
	invoice := must[string](t)(bob.Invoice(t.Context(), 1000, "lunch"))
	must[string](t)(ann.Settle(t.Context(), invoice))
	invoice = must[string](t)(ann.Invoice(t.Context(), 2000, "dinner"))
	must[string](t)(bob.Settle(t.Context(), invoice))
}

func TestAChainSurvivesARestart(t *testing.T) {
	c, _ := chain(t)
	ctx := t.Context()
	before := must[int64](t)(c.Height(ctx))
	if err := c.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	if after := must[int64](t)(c.Height(ctx)); after != before {
		t.Errorf("height is %d, was %d", after, before)
	}
}

func TestANodeOutlivesARestartOfItsChain(t *testing.T) {
	c, bin := chain(t)
	l := lnd(t, c, bin)
	if err := l.Fund(t.Context(), 300_000); err != nil {
		t.Fatal(err)
	}
	if err := c.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Fund(t.Context(), 400_000); err != nil {
		t.Fatal(err)
	}
	await(t, l, 700_000)
}

func TestBitcoindIsAChainToo(t *testing.T) {
	path, ok := nodes.Bitcoind()
	if !ok {
		t.Skip("bitcoind is not on PATH nor in BITCOIND")
	}
	c, err := regtest.StartBitcoind(t.Context(), t.TempDir(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Stop() })
	var addr string
	if err := c.RPC.Wallet(t.Context(), regtest.Wallet, "getnewaddress", &addr); err != nil {
		t.Fatal(err)
	}
	must[string](t)(c.Fund(t.Context(), addr, 900_000))
	must[[]string](t)(c.Mine(t.Context(), 1))
	var balance json.Number
	if err := c.RPC.Wallet(t.Context(), regtest.Wallet, "getbalance", &balance); err != nil || balance != "0.00900000" {
		t.Errorf("got %s (%v)", balance, err)
	}
}
