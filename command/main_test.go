package command_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// wallet is the one chain and LND of this test process, started by the first
// test that needs them.
var wallet struct {
	once  sync.Once
	dir   string
	chain *regtest.Chain
	lnd   *regtest.LND
	node  chain.Node
	hasty chain.Node // to the same node, for when it is frozen
	// The same node for Lightning. It has no channels: invoices are made and read.
	channels, hastyChannels lightning.Node
	err                     error
}

// walletSat is one coin in the wallet, so that fees are the same in every run.
const walletSat = 50_000_000

func TestMain(m *testing.M) { dbtest.Main(withWallet{m}) }

// withWallet runs the tests and ends the nodes they started.
type withWallet struct{ m *testing.M }

func (w withWallet) Run() int {
	code := w.m.Run()
	if err := stopWallet(); err != nil {
		fmt.Fprintln(os.Stderr, "wallet:", err)
		code = max(code, 1)
	}
	return code
}

// node is a wallet on regtest.
func node(t testing.TB) chain.Node {
	t.Helper()
	wallet.once.Do(func() { wallet.err = startWallet() })
	if wallet.err != nil {
		t.Fatal(wallet.err)
	}
	return wallet.node
}

func startWallet() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // the first run on a machine builds the nodes
	defer cancel()
	bin, err := nodes.Build(ctx, os.Stderr)
	if err != nil {
		return err
	}
	if wallet.dir, err = os.MkdirTemp("", "bitcoim-command-"); err != nil {
		return err
	}
	if wallet.chain, err = regtest.Start(ctx, filepath.Join(wallet.dir, "chain"), bin); err != nil {
		return err
	}
	if wallet.lnd, err = regtest.StartLND(ctx, filepath.Join(wallet.dir, "lnd"), bin, wallet.chain); err != nil {
		return err
	}
	if err := wallet.lnd.Fund(ctx, walletSat); err != nil {
		return err
	}
	c := chain.Config{
		Kind: "lnd", Network: "regtest", FallbackFeeRate: 2000,
		LND: chain.LNDConfig{URL: "https://" + wallet.lnd.RESTAddr, CertFile: wallet.lnd.TLSCertPath, MacaroonFile: wallet.lnd.MacaroonPath},
	}
	if wallet.node, err = chain.Open(ctx, c); err != nil {
		return err
	}
	c.Timeout = 50 * time.Millisecond // nobody answers anyway
	if wallet.hasty, err = chain.Open(ctx, c); err != nil {
		return err
	}
	l := lightning.Config{Kind: "lnd", Network: "regtest", LND: c.LND}
	if wallet.channels, err = lightning.Open(ctx, l); err != nil {
		return err
	}
	l.Timeout = c.Timeout
	wallet.hastyChannels, err = lightning.Open(ctx, l)
	return err
}

func stopWallet() error {
	var errs []error
	for _, n := range []chain.Node{wallet.node, wallet.hasty} {
		if n != nil {
			errs = append(errs, n.Close())
		}
	}
	for _, n := range []lightning.Node{wallet.channels, wallet.hastyChannels} {
		if n != nil {
			errs = append(errs, n.Close())
		}
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
