// Package world is everything a gateway needs, on loopback and private: an
// XMPP server, a regtest chain, the wallet of an LND (or a bitcoind), a
// database, and gateways of our own build. The demo, the smoke test and the
// benchmarks run in it.
package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/sandbox/ejabberd"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/postgres"
	"github.com/bitcoim/bitcoim/internal/sandbox/prosody"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/ticker"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

// Options say what the world is made of.
type Options struct {
	Dir      string // for everything; "" makes one and removes it at the end
	Server   string // "prosody" or "ejabberd"
	Database string // "sqlite" or "postgres"
	Gateways int    // instances that share the database; 0 is 1
	Faults   bool   // gateways built to die where they are told
	// Lightning gives the gateways channels, and neighbours on the Lightning
	// network. A bitcoind, where there is one, is the chain's wallet all the same.
	Lightning bool
	// Settings are lines of configuration that replace or add to ours: "limits.order_ttl" -> `"5s"`.
	Settings map[string]string
	Progress io.Writer // hears what is being started; nil for nobody
}

// World is all of it, running.
type World struct {
	Options
	XMPP     *xmppserver.Server
	Chain    *regtest.Chain
	Core     *regtest.Chain   // the bitcoind that is the wallet; nil when that is LND
	LND      *regtest.LND     // nil when a bitcoind is the wallet and there is no Lightning
	Net      *regtest.Net     // with Lightning: LND is its first node; a stranger, and a second gateway's node follow
	Peers    []*regtest.Chain // with Lightning: two more nodes of the Bitcoin network
	Postgres *postgres.Server
	Gateways []*Gateway

	dsn     string
	ln      lightningWorld
	program string // the bitcoim that was built
	own     bool   // Dir is ours to remove
}

// Start brings everything up; what had started is stopped again on failure.
func Start(ctx context.Context, o Options) (w *World, err error) {
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if o.Gateways == 0 {
		o.Gateways = 1
	}
	w = &World{Options: o}
	w.Gateways = nil
	if w.Dir == "" {
		if w.Dir, err = os.MkdirTemp("", "bitcoim-world-"); err != nil {
			return nil, err
		}
		w.own = true
	}
	if err := os.Chmod(w.Dir, 0o711); err != nil { // PostgreSQL runs as somebody else
		return nil, err
	}
	stop := ticker.Start(o.Progress, "... building bitcoim") // which takes long the first time
	if err := w.build(ctx); err != nil {
		stop("failed")
		return nil, errors.Join(fmt.Errorf("building bitcoim: %w", err), w.Stop())
	}
	stop("done")
	for _, step := range []struct {
		say string
		do  func(context.Context) error
	}{
		{"starting a regtest chain and its wallet", w.startChain},
		{"starting " + o.Server, w.startXMPP},
		{"starting the database (" + o.Database + ")", w.startDatabase},
		{"starting bitcoim", w.startGateways},
	} {
		fmt.Fprintf(o.Progress, "... %s\n", step.say)
		if err := step.do(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", step.say, err), w.Stop())
		}
	}
	return w, nil
}

// folder makes one for a part of the world.
func (w *World) folder(name string) (string, error) {
	dir := filepath.Join(w.Dir, name)
	return dir, os.MkdirAll(dir, 0o711)
}

func (w *World) build(ctx context.Context) error {
	w.program = filepath.Join(w.Dir, "bitcoim")
	args := []string{"build", "-o", w.program}
	if w.Faults {
		args = append(args, "-tags", "faults")
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./cmd/bitcoim")...)
	cmd.Dir = string(root[:len(root)-1])
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

func (w *World) startChain(ctx context.Context) error {
	dir, err := w.folder("chain")
	if err != nil {
		return err
	}
	if path, ok := nodes.Bitcoind(); ok && !w.Lightning {
		w.Core, err = regtest.StartBitcoind(ctx, dir, path)
		w.Chain = w.Core
		return err
	}
	bin, err := nodes.Build(ctx, w.Progress)
	if err != nil {
		return err
	}
	if w.Lightning {
		return w.startNet(ctx, dir, bin)
	}
	if w.Chain, err = regtest.Start(ctx, dir, bin); err != nil {
		return err
	}
	if dir, err = w.folder("lnd"); err != nil {
		return err
	}
	w.LND, err = regtest.StartLND(ctx, dir, bin, w.Chain)
	return err
}

func (w *World) startXMPP(ctx context.Context) error {
	dir, err := w.folder("xmpp")
	if err != nil {
		return err
	}
	start := prosody.Start
	if w.Server == "ejabberd" {
		start = ejabberd.Start
	}
	w.XMPP, err = start(ctx, dir, xmppserver.Options{})
	return err
}

func (w *World) startDatabase(ctx context.Context) error {
	if w.Database != "postgres" {
		return nil
	}
	dir, err := w.folder("postgres")
	if err != nil {
		return err
	}
	if w.Postgres, err = postgres.Start(ctx, dir); err != nil {
		return err
	}
	w.dsn, err = w.Postgres.CreateDB(ctx, "bitcoim")
	return err
}

// Books is where the database of the gateways is.
func (w *World) Books() db.Config {
	if w.Database == "postgres" {
		return db.Config{Driver: "postgres", DSN: w.dsn}
	}
	return db.Config{Driver: "sqlite", File: filepath.Join(w.Dir, "bitcoim.db")}
}

// FreezeWallet stops the node of the gateways' wallet without ending it, until thaw.
func (w *World) FreezeWallet() (thaw func() error, err error) {
	if w.Core != nil {
		return w.Core.Resume, w.Core.Pause()
	}
	return w.LND.Resume, w.LND.Pause()
}

// Stop ends everything that was started, in the order that lets each part
// say goodbye, and removes what was ours.
func (w *World) Stop() error {
	var errs []error
	for _, g := range w.Gateways {
		errs = append(errs, g.Stop())
	}
	if w.XMPP != nil {
		errs = append(errs, w.XMPP.Stop())
	}
	for _, p := range w.Peers {
		errs = append(errs, p.Stop())
	}
	if w.Core != nil && w.Core != w.Chain {
		errs = append(errs, w.Core.Stop())
	}
	switch {
	case w.Net != nil:
		errs = append(errs, w.Net.Stop())
	case w.LND != nil:
		errs = append(errs, w.LND.Stop(), w.Chain.Stop())
	case w.Chain != nil:
		errs = append(errs, w.Chain.Stop())
	}
	if w.Postgres != nil {
		errs = append(errs, w.Postgres.Stop())
	}
	if w.own {
		errs = append(errs, os.RemoveAll(w.Dir))
	}
	return errors.Join(errs...)
}
