package component

import (
	"context"
	"time"
)

// pageful is how many members are read at once.
const pageful = 200

// greet shows everybody everything after a connect: no server tells contacts
// that their component went or came back (measured). Where another instance
// lives, they have seen no difference. One that was seen lately may be the one
// that crashed and that we replace, so we look once more.
func (c *Component) greet(ctx context.Context) error {
	defer c.logPanic("greet")
	if !c.cfg.Alone(ctx) {
		c.pause(ctx, c.cfg.Timing.Alive)
		if ctx.Err() != nil || !c.cfg.Alone(ctx) {
			return nil
		}
	}
	err := c.members(ctx, func(user string) error {
		if err := c.presences.room(ctx, pageful); err != nil {
			return err
		}
		c.Refresh(user)
		return nil
	})
	if err != nil && ctx.Err() == nil {
		c.log.Warn("not everybody was greeted", "err", err)
	}
	return nil
}

// members calls f for every member, in order, until it fails.
func (c *Component) members(ctx context.Context, f func(user string) error) error {
	after := ""
	for {
		users, err := c.desk.Members(ctx, after, pageful)
		if err != nil {
			return err
		}
		for _, u := range users {
			if err := f(u); err != nil {
				return err
			}
			after = u
		}
		if len(users) < pageful {
			return nil
		}
	}
}

// goodbye is how long saying it may take.
const goodbye = 5 * time.Second

// leave ends a connection in good order: what was asked is answered, the last
// instance says goodbye, and everything is written. Then it waits for the
// server to close, which ends alive: until then a server with several
// connections of ours may still choose this one, and what it sends is lost.
func (c *Component) leave(ctx, alive context.Context, l *link) {
	defer c.logPanic("leave")
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
	_ = l.session.Close()
	_ = l.conn.Flush(ctx)
	select {
	case <-alive.Done():
	case <-ctx.Done():
	}
}

// bye shows user that the gateway and all contacts are gone.
func (c *Component) bye(ctx context.Context, user string) error {
	contacts, err := c.desk.Contacts(ctx, user)
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
