package component

import (
	"context"
	"strconv"
	"time"
)

// keepAlive pings ourselves through the server (XEP-0199) and ends the
// connection when nothing at all was heard for too long. With several
// instances the ping or its answer may reach another one; what the others
// send reaches us as well.
func (c *Component) keepAlive(ctx context.Context, l *link) error {
	tick := time.NewTicker(c.cfg.Timing.Ping)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if time.Since(time.Unix(0, l.heard.Load())) > c.cfg.Timing.Silence {
			return errSilent
		}
		if l.conn.Pending() > quiet {
			continue // bytes on their way do as well
		}
		ping := El("", "iq", El("urn:xmpp:ping", "ping")).With("type", "get").
			With("from", c.cfg.Domain).With("to", c.cfg.Domain).With("id", "alive-"+strconv.Itoa(n))
		if err := l.write(ping); err != nil {
			return err
		}
	}
}
