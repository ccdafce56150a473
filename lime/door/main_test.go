package door_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// wallet is the one chain and LND of this test process. It has no channels:
// invoices are made, and paid by neighbours.
var wallet struct {
	once      sync.Once
	dir       string
	chain     *regtest.Chain
	lnd       *regtest.LND
	node      chain.Node
	lightning lightning.Node
	err       error
}

func TestMain(m *testing.M) { dbtest.Main(withWallet{m}) }

// withWallet runs the tests, ends the nodes they started, and looks whether a
// goroutine was left behind.
type withWallet struct{ m *testing.M }

func (w withWallet) Run() int {
	code := w.m.Run()
	if err := stopWallet(); err != nil {
		fmt.Fprintln(os.Stderr, "wallet:", err)
		code = max(code, 1)
	}
	// PostgreSQL ends behind us.
	if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/bitcoim/bitcoim/internal/sandbox/child.Start.func1")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

func startWallet(t testing.TB) {
	t.Helper()
	wallet.once.Do(func() { wallet.err = openWallet() })
	if wallet.err != nil {
		t.Fatal(wallet.err)
	}
}

func openWallet() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // the first run on a machine builds the nodes
	defer cancel()
	bin, err := nodes.Build(ctx, os.Stderr)
	if err != nil {
		return err
	}
	if wallet.dir, err = os.MkdirTemp("", "bitcoim-lime-"); err != nil {
		return err
	}
	if wallet.chain, err = regtest.Start(ctx, filepath.Join(wallet.dir, "chain"), bin); err != nil {
		return err
	}
	if wallet.lnd, err = regtest.StartLND(ctx, filepath.Join(wallet.dir, "lnd"), bin, wallet.chain); err != nil {
		return err
	}
	if err := wallet.lnd.Fund(ctx, 50_000_000); err != nil {
		return err
	}
	c := chain.Config{Kind: "lnd", Network: "regtest", FallbackFeeRate: 2000,
		LND: chain.LNDConfig{URL: "https://" + wallet.lnd.RESTAddr, CertFile: wallet.lnd.TLSCertPath, MacaroonFile: wallet.lnd.MacaroonPath}}
	if wallet.node, err = chain.Open(ctx, c); err != nil {
		return err
	}
	wallet.lightning, err = lightning.Open(ctx, lightning.Config{Kind: "lnd", Network: "regtest", LND: c.LND})
	return err
}

func stopWallet() error {
	var errs []error
	if wallet.node != nil {
		errs = append(errs, wallet.node.Close())
	}
	if wallet.lightning != nil {
		errs = append(errs, wallet.lightning.Close())
	}
	if wallet.lnd != nil {
		errs = append(errs, wallet.lnd.Stop())
	}
	if wallet.chain != nil {
		errs = append(errs, wallet.chain.Stop())
	}
	if wallet.dir != "" {
		errs = append(errs, os.RemoveAll(wallet.dir))
	}
	return errors.Join(errs...)
}
