package sdnotify_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sdnotify"
)

// listen is systemd's end of the socket.
func listen(t *testing.T) func() string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sd") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
}

func TestSaid(t *testing.T) {
	heard := listen(t)
	for name, tt := range map[string]struct {
		say  func() error
		want string
	}{
		"ready":               {func() error { return sdnotify.Ready("serving 3 users") }, "STATUS=serving 3 users\nREADY=1"},
		"stopping":            {func() error { return sdnotify.Stopping("draining") }, "STATUS=draining\nSTOPPING=1"},
		"a status":            {func() error { return sdnotify.Status("waiting for the node") }, "STATUS=waiting for the node"},
		"a status is no line": {func() error { return sdnotify.Status("a\nREADY=1") }, "STATUS=a READY=1"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := tt.say(); err != nil {
				t.Fatal(err)
			}
			if got := heard(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWithoutSystemd(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	if err := sdnotify.Ready("serving"); err != nil {
		t.Error(err)
	}
	alive := func(context.Context) error { t.Error("nobody asked"); return nil }
	if err := sdnotify.Watch(t.Context(), alive); err != nil {
		t.Error(err)
	}
}

func TestSocketGone(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	if sdnotify.Ready("serving") == nil {
		t.Error("a socket that is gone is no error")
	}
}

// The daemon says twice that it is well, then four times that it is not, once
// by silence, then that it is well again: three beats.
func TestWatchFeedsTheLivingOnly(t *testing.T) {
	heard := listen(t)
	t.Setenv("WATCHDOG_USEC", "30000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	done := make(chan error)
	go func() {
		done <- sdnotify.Watch(ctx, func(ctx context.Context) error {
			asked++
			switch {
			case asked <= 2:
				return nil
			case asked <= 5:
				return errors.New("stuck")
			case asked == 6:
				<-ctx.Done()
				return ctx.Err()
			}
			cancel()
			return nil
		})
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := sdnotify.Status("end"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := heard(); got != "WATCHDOG=1" {
			t.Errorf("got %q, want a beat", got)
		}
	}
	if got := heard(); got != "STATUS=end" {
		t.Errorf("got %q, want no more beats", got)
	}
}
