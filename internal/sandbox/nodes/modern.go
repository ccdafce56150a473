package nodes

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/ticker"
)

// BuildModern is Build for the btcd of internal/testpeers, which is newer than
// the one that LND works with and speaks the transport of BIP 324.
func BuildModern(ctx context.Context, progress io.Writer) (btcd string, err error) {
	from, err := source("testpeers")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range []string{"go.sum", "go.mod"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return "", err
		}
		sum.Write(b)
	}
	fmt.Fprint(sum, os.Getenv(flags), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	base = filepath.Join(base, "bitcoim")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	btcd = filepath.Join(base, fmt.Sprintf("btcd-%x", sum.Sum(nil)[:8]))
	unlock, err := lock(ctx, btcd+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(btcd) {
		return btcd, nil
	}
	if progress == nil {
		progress = io.Discard
	}
	stop := ticker.Start(progress, "building btcd, once, for tests")
	cmd := exec.CommandContext(ctx, "go", "-C", from, "build", "-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", btcd+".new", "github.com/btcsuite/btcd")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS="+os.Getenv(flags))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		stop("failed")
		return "", fmt.Errorf("build btcd: %w: %s", errors.Join(err, ctx.Err()), strings.TrimSpace(string(out)))
	}
	stop("done")
	return btcd, os.Rename(btcd+".new", btcd)
}
