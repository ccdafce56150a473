package component

import (
	"context"
	"time"
)

// goodbye is how long saying it may take.
const goodbye = 5 * time.Second

// fenceWait is how long the last ping may be on its way.
const fenceWait = 2 * time.Second

// fenceAgain is after which it is said again: with several instances another one
// may have got it.
const fenceAgain = 100 * time.Millisecond

// leave ends a connection in good order: what was asked is answered, the last
// instance says goodbye, and everything is written. What is said meanwhile is
// refused, so that nobody waits for an answer: to see all that the server has sent
// until now, we ping ourselves through it. Then it waits for the server to close,
// which ends alive: until then a server with several connections of ours may still
// choose this one. What a server sends between that ping and the end of the stream
// is lost: XEP-0114 has no word for "send no more".
func (c *Component) leave(ctx, alive context.Context, l *link) {
	defer c.logPanic("leave")
	l.leaving.Store(true)
	drain, cancel := context.WithTimeout(ctx, c.cfg.Timing.Drain)
	if err := c.requests.Close(drain); err != nil {
		c.log.Warn("stopped with work unfinished", "err", err)
	}
	_ = c.subscriptions.Close(drain)
	cancel()

	ctx, cancel = context.WithTimeout(ctx, goodbye)
	defer cancel()
	if c.cfg.Alone(ctx) {
		if err := c.members(ctx, func(user string) error { return c.bye(ctx, user) }); err != nil {
			c.log.Warn("not everybody was told that we stop", "err", err)
		}
	}
	c.fence(ctx, alive, l)
	_ = l.session.Close()
	_ = l.conn.Flush(ctx)
	select {
	case <-alive.Done():
	case <-ctx.Done():
	}
}

// fence waits until the reader has seen what the server sent before now.
func (c *Component) fence(ctx, alive context.Context, l *link) {
	ping := El("", "iq", El("urn:xmpp:ping", "ping")).With("type", "get").
		With("from", c.cfg.Domain).With("to", c.cfg.Domain).With("id", l.fence)
	ctx, cancel := context.WithTimeout(ctx, fenceWait)
	defer cancel()
	again := time.NewTicker(fenceAgain)
	defer again.Stop()
	for l.write(ping) == nil {
		select {
		case <-again.C:
			continue
		case <-l.passed:
		case <-alive.Done():
		case <-ctx.Done():
		}
		return
	}
}

// takeLast is take when no more work is taken.
func (c *Component) takeLast(l *link, q *Stanza) {
	if q.ID == l.fence && ours(q.From, c.cfg.Domain) {
		l.pass()
		return
	}
	if q.Kind == "iq" || (q.Kind == "message" && q.personal(c.cfg.Domain) && q.fit()) {
		c.turnBack(l, q, errLeaving)
	}
}

// bye shows user that the gateway and all contacts are gone.
func (c *Component) bye(ctx context.Context, user string) error {
	contacts, err := c.contacts(ctx, user)
	if err != nil {
		return err
	}
	a, err := c.desk.Account(ctx, user)
	if err != nil {
		return err
	}
	text := c.words(a.Unit, a.Lang).Say("presence.stopping", nil)
	nodes := []string{""}
	for _, k := range contacts {
		if k.Node != "" {
			nodes = append(nodes, k.Node)
		}
	}
	for _, at := range nodes {
		p := c.presence("unavailable", at, user).With("lang", c.match(a.Lang)).Add(El("", "status").Says(text))
		if err := c.send(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
