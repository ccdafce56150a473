package component

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	xep0114 "mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"

	"github.com/bitcoim/bitcoim/component/wire"
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
	conn, err := wire.Dial(dial, "tcp", c.cfg.Addr, wire.Options{
		Log: c.log, Limits: wire.Limits{StanzaBytes: c.cfg.Limits.Stanza},
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	unhook := context.AfterFunc(dial, func() { conn.Close() })
	session, err := xep0114.NewSession(dial, me, []byte(c.cfg.Secret), conn)
	if !unhook() {
		return context.Cause(dial)
	}
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	l := &link{conn: conn, session: session, busy: make(chan *Stanza, 64)}
	l.heard.Store(time.Now().UnixNano())
	c.log.Info("connected", "server", c.cfg.Addr, "domain", c.cfg.Domain)
	c.tally.connects.Add(1)

	c.setLink(l)
	defer c.setLink(nil)
	g, alive := errgroup.WithContext(work)
	g.Go(func() (err error) {
		defer c.admit("session", &err)
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
			c.leave(work, l)
		}
		conn.Close()
		return errStopped
	})
	return g.Wait()
}
