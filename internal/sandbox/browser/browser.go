// Package browser runs a private headless Chromium for tests: it opens pages,
// clicks, types, and takes pictures. It resolves no names, so that a page can
// only be on an address of loopback.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
)

// Browser is a running Chromium.
type Browser struct {
	process *child.Process
	profile string
	temp    string // its own, which it does not tidy up
	conn    *conn
}

// arguments make Chromium quiet: it does what it is told and calls nobody.
var arguments = []string{
	"--headless", "--remote-debugging-port=0", "--remote-debugging-address=127.0.0.1", "--no-first-run", "--no-default-browser-check",
	"--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-sync", "--disable-background-networking",
	"--disable-component-update", "--disable-domain-reliability", "--disable-default-apps", "--disable-breakpad", "--metrics-recording-only",
	"--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider", "--password-store=basic", "--use-mock-keychain",
	"--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--hide-scrollbars", "--font-render-hinting=none", "--lang=en",
	"about:blank",
}

// Find returns the path of Chromium. Its error is exec.ErrNotFound if there
// is none: a test should be skipped then, and say so.
func Find() (string, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return "", fmt.Errorf("%w: scripts/install-deps.sh chromium installs it", err)
	}
	return path, nil
}

// Start runs Chromium with its profile in dir. The context bounds the start;
// the browser runs until Stop.
func Start(ctx context.Context, dir string) (_ *Browser, err error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	// Not in dir: there is a socket in it, whose path may have 107 bytes.
	temp, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temp))
		}
	}()
	profile := filepath.Join(dir, "profile")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		return nil, err
	}
	args := append([]string{"--user-data-dir=" + profile}, arguments...)
	if os.Getuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...) // root can have none
	}
	p, err := child.Start(child.Command{
		Path: path, Args: args, Dir: dir, Log: filepath.Join(dir, "chromium.out"),
		Env: []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "TMPDIR=" + temp, "DBUS_SESSION_BUS_ADDRESS=disabled:"},
	})
	if err != nil {
		return nil, err
	}
	b := &Browser{process: p, profile: profile, temp: temp}
	err = p.Ready(ctx, func(ctx context.Context) (err error) {
		b.conn, err = connect(ctx, filepath.Join(profile, "DevToolsActivePort"))
		return err
	})
	if err != nil {
		return nil, errors.Join(err, p.Kill())
	}
	return b, nil
}

// connect dials the browser by what it says of itself in file: its port, and
// a path that only who can read the file knows.
func connect(ctx context.Context, file string) (*conn, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lines := strings.Fields(string(text))
	if len(lines) != 2 {
		return nil, fmt.Errorf("%s has %d lines", file, len(lines))
	}
	return dial(ctx, "ws://127.0.0.1:"+lines[0]+lines[1])
}

// Stop ends the browser, waits for it, and removes its profile.
func (b *Browser) Stop() error {
	b.conn.close()
	err := b.process.Stop(syscall.SIGTERM)
	// Its own children may outlive it by a moment, and write.
	_ = syscall.Kill(-b.process.PID(), syscall.SIGKILL)
	for range 200 {
		if b.tidy() == nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.Join(err, b.tidy())
}

func (b *Browser) tidy() error { return errors.Join(os.RemoveAll(b.profile), os.RemoveAll(b.temp)) }
