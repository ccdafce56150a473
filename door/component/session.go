package component

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
	"mellium.im/xmpp/jid"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

var (
	errClosed  = errors.New("component: the server closed the stream")
	errSilent  = errors.New("component: nothing heard from the server")
	errStopped = errors.New("component: stopped")
)

// connect serves one connection until it is lost or ctx ends.
func (c *Component) connect(ctx, work context.Context, me jid.JID) error {
	dial, cancel := context.WithTimeout(ctx, c.cfg.Timing.Dial)
	defer cancel()
	conn, session, err := handshake(dial, c.cfg.Addr, me, c.cfg.Secret, wire.Options{
		Log: c.log, Limits: wire.Limits{StanzaBytes: c.cfg.Limits.Stanza},
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	l := &link{conn: conn, session: session, busy: make(chan *Stanza, 64),
		fence: "leave-" + rand.Text(), passed: make(chan struct{})}
	l.heard.Store(time.Now().UnixNano())
	c.log.Info("connected", "server", c.cfg.Addr, "domain", c.cfg.Domain)
	c.tally.connects.Add(1)

	c.setLink(l)
	defer c.setLink(nil)
	g, alive := errgroup.WithContext(work)
	g.Go(func() (err error) {
		defer c.panicAsError("session", &err)
		if err := session.Serve(reader{c, l}); err != nil {
			return err
		}
		return errClosed
	})
	g.Go(func() error { return c.keepAlive(alive, l) })
	g.Go(func() error { return c.refuse(alive, l) })
	g.Go(func() error { return c.greet(alive) })
	g.Go(func() error { // the only one to end the connection
		select {
		case <-alive.Done():
		case <-ctx.Done():
			c.leave(work, alive, l)
		}
		conn.Close()
		return errStopped
	})
	return g.Wait()
}
