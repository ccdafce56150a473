// Package limepeers drives LIME clients that other people wrote: lime-js, the
// client of the protocol's owners, and blip-sdk, with which bots of BLiP are
// made. They run on node, in a folder of the user's cache.
package limepeers

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrNoNode says that node or npm is not installed.
var ErrNoNode = errors.New("node or npm is not installed: make deps installs them")

//go:embed package.json package-lock.json *.js
var files embed.FS

// Install puts the clients into a folder whose name says what is in it, so that
// it is done once, and returns the folder. Versions are pinned by the lock file,
// and no script of a package is run.
func Install(ctx context.Context) (dir string, err error) {
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			return "", ErrNoNode
		}
	}
	if dir, err = folder(); err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	// Complete or not there at all: the last to rename is no worse than the first.
	made, err := os.MkdirTemp(filepath.Dir(dir), "limepeers-new-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(made) }()
	if err := os.CopyFS(made, files); err != nil {
		return "", err
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev")
	npm.Dir = made
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	if err := os.Rename(made, dir); err != nil {
		if _, there := os.Stat(dir); there == nil {
			return dir, nil // somebody else was faster
		}
		return "", err
	}
	return dir, nil
}

// folder names the place for these very files.
func folder() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(name)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(b), b)
		return err
	})
	return filepath.Join(base, "bitcoim", fmt.Sprintf("limepeers-%x", sum.Sum(nil)[:8])), err
}
