package regtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

// LND is a Lightning node on a chain.
type LND struct {
	RESTAddr     string // host:port of the REST API, over TLS
	TLSCertPath  string
	MacaroonPath string // admin.macaroon
	P2P          string // host:port of the Lightning protocol
	PubKey       string // identity of the node, in hex

	chain   *Chain
	command child.Command
	process *child.Process
}

// StartLND runs LND in dir with a fresh wallet on the chain, and waits until it
// is synced. More arguments override ours.
func StartLND(ctx context.Context, dir string, bin nodes.Bin, chain *Chain, args ...string) (*LND, error) {
	ports, err := port.Several(3)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l := &LND{
		RESTAddr: port.Address(ports[0]), P2P: port.Address(ports[1]), TLSCertPath: filepath.Join(dir, "tls.cert"),
		MacaroonPath: filepath.Join(dir, "data", "chain", "bitcoin", "regtest", "admin.macaroon"), chain: chain,
		command: child.Command{
			Path: bin.Lnd, Dir: dir, Log: filepath.Join(dir, "lnd.log"),
			Args: slices.Concat([]string{
				"--lnddir=" + dir, "--noseedbackup", "--debuglevel=info", "--bitcoin.regtest",
				"--restlisten=" + port.Address(ports[0]), "--listen=" + port.Address(ports[1]), "--rpclisten=" + port.Address(ports[2]),
				"--nobootstrap", "--trickledelay=50", "--gossip.sub-batch-delay=50ms", "--bitcoin.defaultchanconfs=1",
				"--maxpendingchannels=10", "--accept-keysend", "--db.bolt.nofreelistsync", "--minbackoff=200ms", "--maxbackoff=1s",
			}, chain.lnd, args),
		},
	}
	return l, l.start(ctx)
}

// start runs LND and waits until it serves and has the chain's tip.
func (l *LND) start(ctx context.Context) error {
	var err error
	if l.process, err = child.Start(l.command); err != nil {
		return err
	}
	err = l.process.Ready(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		var info struct {
			Key    string `json:"identity_pubkey"`
			Synced bool   `json:"synced_to_chain"`
		}
		if err := l.Call(ctx, "GET", "/v1/getinfo", nil, &info); err != nil {
			return err
		}
		var state struct{ State string }
		if err := l.Call(ctx, "GET", "/v1/state", nil, &state); err != nil {
			return err
		}
		if l.PubKey = info.Key; !info.Synced || state.State != "SERVER_ACTIVE" {
			return errors.New("LND is not synced")
		}
		return nil
	})
	if err != nil {
		l.process.Kill()
	}
	return err
}

// Pause freezes the node: its connections stay open and nothing answers.
func (l *LND) Pause() error { return l.process.Pause() }

// Resume lets a paused node go on.
func (l *LND) Resume() error { return l.process.Resume() }

// Kill ends the node at once, as a power cut would.
func (l *LND) Kill() error { return l.process.Kill() }

// Stop ends the node. Its chain must still run.
func (l *LND) Stop() error { return l.process.Stop(syscall.SIGTERM) }

// Restart stops the node if it runs, and runs it again on the same ports.
func (l *LND) Restart(ctx context.Context) error {
	if err := l.Stop(); err != nil {
		return err
	}
	return l.start(ctx)
}
