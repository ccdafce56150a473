// Package nodes builds the Bitcoin and Lightning nodes that tests and the demo
// run against, from the nested modules internal/testnodes and internal/newnodes.
package nodes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/ticker"
)

// Bin is where the programs are.
type Bin struct {
	Btcd string
	Lnd  string
}

// Modules that nodes are built from, below internal.
const (
	pinned = "testnodes"
	newest = "newnodes"
)

// Choice is the environment variable that chooses the nodes: "newest", or
// nothing for those that everybody's tests run against.
const Choice = "BITCOIM_NODES"

// tags compile the LND services in that we use. lowscrypt makes the wallet
// key weak and its start fast: for tests only.
const tags = "signrpc walletrpc chainrpc invoicesrpc lowscrypt"

// Build returns the programs that Choice names, and builds them if this version
// of them was never built. That takes minutes; progress hears about it and may
// be nil. Builds of several processes wait for the first one.
func Build(ctx context.Context, progress io.Writer) (Bin, error) {
	switch chosen := os.Getenv(Choice); chosen {
	case "", "pinned":
		return build(ctx, pinned, progress)
	case "newest":
		return build(ctx, newest, progress)
	default:
		return Bin{}, fmt.Errorf("%s is %q: want newest or nothing", Choice, chosen)
	}
}

// BuildNewest is Build for the newest LND, whatever Choice says.
func BuildNewest(ctx context.Context, progress io.Writer) (Bin, error) {
	return build(ctx, newest, progress)
}

func build(ctx context.Context, module string, progress io.Writer) (Bin, error) {
	source, err := source(module)
	if err != nil {
		return Bin{}, err
	}
	home, err := cache(module, source)
	if err != nil {
		return Bin{}, err
	}
	bin := Bin{Btcd: filepath.Join(home, "btcd"), Lnd: filepath.Join(home, "lnd")}
	if exists(home) {
		return bin, nil
	}
	if progress == nil {
		progress = io.Discard
	}
	stop := ticker.Start(progress, "building btcd and lnd of internal/"+module+", once, for tests")
	if err := buildOnce(ctx, source, home); err != nil {
		stop("failed")
		return Bin{}, err
	}
	stop("done")
	return bin, nil
}

// buildOnce builds unless somebody else does, or did.
func buildOnce(ctx context.Context, source, home string) error {
	unlock, err := lock(ctx, home+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	if exists(home) {
		return nil
	}
	return compile(ctx, source, home)
}

// compile works beside home and moves the result there when it is complete.
func compile(ctx context.Context, source, home string) error {
	temp, err := os.MkdirTemp(filepath.Dir(home), "building-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	cmd := exec.CommandContext(ctx, "go", "-C", source, "build", "-mod=readonly", "-trimpath",
		"-ldflags", "-s -w", "-tags", tags, "-o", temp+string(filepath.Separator),
		"github.com/btcsuite/btcd", "github.com/lightningnetwork/lnd/cmd/lnd")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS="+os.Getenv(flags))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build nodes: %w: %s", errors.Join(err, ctx.Err()), strings.TrimSpace(string(out)))
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return err
	}
	return os.Rename(temp, home)
}

// lock takes a lock that ends with the process at the latest.
func lock(ctx context.Context, name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("wait for another build: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Bitcoind finds Bitcoin Core in the environment variable BITCOIND or on PATH.
// Nothing here can build it.
func Bitcoind() (path string, ok bool) {
	if path = os.Getenv("BITCOIND"); path == "" {
		path = "bitcoind"
	}
	path, err := exec.LookPath(path)
	return path, err == nil
}
