// Package sdnotify tells systemd how the daemon is, by sd_notify(3). Without
// systemd every call does nothing.
package sdnotify

import (
	"context"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Ready says that the daemon serves, and shows status in systemctl.
func Ready(status string) error { return send(daemon.SdNotifyReady, status) }

// Stopping says that the daemon is on its way out.
func Stopping(status string) error { return send(daemon.SdNotifyStopping, status) }

// Status shows a line in systemctl.
func Status(status string) error { return send("", status) }

func send(state, status string) error {
	lines := []string{"STATUS=" + strings.Join(strings.Fields(status), " ")}
	if state != "" {
		lines = append(lines, state)
	}
	_, err := daemon.SdNotify(false, strings.Join(lines, "\n"))
	return err
}

// Watch feeds systemd's watchdog (WatchdogSec=) until ctx ends, as long as
// alive says that the daemon still does its work. When alive returns an error,
// or does not return, nothing is fed, and after a while systemd starts the
// daemon again. Without a watchdog Watch returns at once.
func Watch(ctx context.Context, alive func(context.Context) error) error {
	patience, err := daemon.SdWatchdogEnabled(false)
	if err != nil || patience == 0 {
		return err
	}
	// A third: one beat may come late without harm.
	tick := time.NewTicker(patience / 3)
	defer tick.Stop()
	for {
		if ask(ctx, patience/3, alive) == nil {
			if _, err := daemon.SdNotify(false, daemon.SdNotifyWatchdog); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func ask(ctx context.Context, patience time.Duration, alive func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return alive(ctx)
}
