// Package nodetest gives the tests of a package one real chain and one real LND,
// and sees that nothing is left of them.
package nodetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

// building is how long the first run on a machine may take, which builds the nodes.
const building = 5 * time.Minute

// Wallet is the chain and the LND of a test process. They have no channels, so
// LND is a wallet on the chain, and makes and reads invoices.
type Wallet struct {
	Coin    int64                                                // sat, which the wallet begins with; 0 for an empty one
	Connect func(ctx context.Context, lnd chain.LNDConfig) error // when both run, if not nil
	Chain   *regtest.Chain
	LND     *regtest.LND

	once sync.Once
	err  error
	dir  string
}

// Start starts both for the first test that asks. Stop must be among the ends of
// Main.
func (w *Wallet) Start(t testing.TB) {
	t.Helper()
	needs.Programs(t)
	if w.once.Do(func() { w.err = w.start() }); w.err != nil {
		t.Fatal(w.err)
	}
}

func (w *Wallet) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), building)
	defer cancel()
	bin, err := nodes.Build(ctx, os.Stderr)
	if err != nil {
		return err
	}
	if w.dir, err = os.MkdirTemp("", "bitcoim-nodetest-"); err != nil {
		return err
	}
	if w.Chain, err = regtest.Start(ctx, filepath.Join(w.dir, "chain"), bin); err != nil {
		return err
	}
	if w.LND, err = regtest.StartLND(ctx, filepath.Join(w.dir, "lnd"), bin, w.Chain); err != nil {
		return err
	}
	if w.Coin > 0 {
		if err := w.LND.Fund(ctx, w.Coin); err != nil {
			return err
		}
	}
	if w.Connect == nil {
		return nil
	}
	return w.Connect(ctx, chain.LNDConfig{URL: "https://" + w.LND.RESTAddr, CertFile: w.LND.TLSCertPath, MacaroonFile: w.LND.MacaroonPath})
}

// Stop ends what was started.
func (w *Wallet) Stop() error {
	var errs []error
	if w.LND != nil {
		errs = append(errs, w.LND.Stop())
	}
	if w.Chain != nil {
		errs = append(errs, w.Chain.Stop())
	}
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	return errors.Join(errs...)
}
