package component

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stream"
)

// Run connects and serves until ctx ends, coming back whenever the connection
// is lost. When ctx ends, it takes no more work, finishes what it has, says
// goodbye and returns nil. It can be called once.
func (c *Component) Run(ctx context.Context) error {
	me, err := jid.Parse(c.cfg.Domain)
	if err != nil {
		return fmt.Errorf("component: domain %q: %w", c.cfg.Domain, err)
	}
	// Work outlives ctx: it is drained, not dropped.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()

	var g errgroup.Group
	g.Go(func() error { c.sendPresences(work); return nil })

	back := c.cfg.Timing.Back
	for ctx.Err() == nil {
		began, connects := time.Now(), c.tally.connects.Load()
		err := c.connect(ctx, work, me)
		if ctx.Err() != nil {
			break
		}
		if c.tally.connects.Load() > connects {
			back.lived(time.Since(began))
		}
		conflict := errors.Is(err, stream.Conflict)
		wait := back.next(conflict)
		c.report(err, wait)
		c.pause(ctx, wait)
		if conflict {
			c.standBy(ctx)
		}
	}
	c.away()
	drain, cancel := context.WithTimeout(work, c.cfg.Timing.Drain)
	defer cancel()
	_ = c.requests.Close(drain)
	_ = c.subscriptions.Close(drain)
	stop()
	return g.Wait()
}

// pause waits, at most until ctx ends.
func (c *Component) pause(ctx context.Context, wait time.Duration) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// standBy waits while another instance serves the domain on a server that
// takes one only: two that took turns to replace each other would serve
// nobody well. Who waits for long enough tries all the same.
func (c *Component) standBy(ctx context.Context) {
	for range 100 {
		if ctx.Err() != nil || c.cfg.Alone(ctx) {
			return
		}
		c.pause(ctx, c.cfg.Timing.Back.Conflict/10)
	}
}

// report logs why the connection is gone.
func (c *Component) report(err error, wait time.Duration) {
	wait = wait.Round(time.Millisecond)
	switch {
	case errors.Is(err, stream.NotAuthorized):
		c.log.Error("the server refuses the component's secret (or does not know its domain)",
			"domain", c.cfg.Domain, "server", c.cfg.Addr, "again", wait)
	case errors.Is(err, stream.HostUnknown):
		c.log.Error("the server has no component of this domain", "domain", c.cfg.Domain, "server", c.cfg.Addr, "again", wait)
	case errors.Is(err, stream.Conflict):
		c.log.Error("another connection serves this domain", "domain", c.cfg.Domain, "again", wait)
	default:
		c.log.Warn("not connected", "server", c.cfg.Addr, "err", err, "again", wait)
	}
}
