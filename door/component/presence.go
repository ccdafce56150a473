package component

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/fault"
)

// takePresence runs in the reader. What only asks to be shown somebody is put
// into the queue at once: at a login a server sends a probe and a presence
// for every contact of the user.
func (c *Component) takePresence(l *link, q *Stanza) {
	if local(q.From) == "" || ours(q.From, c.cfg.Domain) {
		c.tally.ignored.Add(1)
		return
	}
	switch q.Type {
	case "": // available
		if q.Child(nsMUC, "x") != nil {
			c.takeJoin(l, q)
			return
		}
		if q.At == "" {
			c.takeSign(l, q, false)
		}
		// To a contact it came with a probe, which is answered.
	case "probe":
		if q.At == "" { // a server asks for whoever logs in
			c.takeSign(l, q, true)
			return
		}
		if !c.pace.Probe(q.User, time.Now()) {
			c.tally.limited.Add(1)
			return
		}
		c.queuePresence(appearance{pair: pair{q.User, q.At}, asked: true})
	case "subscribe", "unsubscribe":
		c.inTurn(l, q)
	default:
		// subscribed, unsubscribed, unavailable, error: the desk does not
		// depend on them.
		c.tally.ignored.Add(1)
	}
}

// takeSign hears that a user is there, and shows them the gateway: what came back for
// them, and how much they have, is asked of the database each time.
func (c *Component) takeSign(l *link, q *Stanza, asked bool) {
	if !c.pace.Sign(q.User, time.Now()) {
		c.tally.limited.Add(1)
		return
	}
	c.queuePresence(appearance{pair: pair{q.User, ""}, asked: asked})
	c.do(l, c.subscriptions, q, c.here)
}

// inTurn answers a subscription when it is its sender's turn: each makes the server
// write down and show something, which others wait for.
func (c *Component) inTurn(l *link, q *Stanza) {
	wait, ok := c.pace.Contact(q.User, time.Now())
	give := func() {}
	if ok {
		give, ok = c.held.take(q)
	}
	if !ok {
		c.tally.shed.Add(1) // the server asks again at the next login
		return
	}
	answer := func() {
		give()
		c.do(l, c.subscriptions, q, c.answerPresence)
	}
	if wait == 0 {
		answer()
		return
	}
	time.AfterFunc(wait, answer)
}

// answerPresence answers who wants to see a contact, or no longer (RFC 6121
// §3).
func (c *Component) answerPresence(ctx context.Context, q *Stanza) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timing.Ask)
	defer cancel()
	on := q.Type == "subscribe"
	to := bare(q.From)
	if on {
		if _, err := c.target(ctx, q); err != nil {
			c.turnAway(ctx, q.At, to, err)
			return
		}
	}
	by, err := c.caller(ctx, q.User)
	if err == nil {
		err = c.desk.Subscribe(ctx, by, q.At, on)
	}
	if err != nil {
		c.turnAway(ctx, q.At, to, err)
		return
	}
	if !on {
		_ = c.send(ctx, c.presence("unsubscribed", q.At, to))
		_ = c.send(ctx, c.presence("unavailable", q.At, to))
		return
	}
	_ = c.send(ctx, c.presence("subscribed", q.At, to))
	c.queuePresence(appearance{pair: pair{q.User, q.At}})
	if q.At == "" {
		c.welcome(ctx, q)
	}
}

// turnAway says that there is nobody at that contact, or for now that we do
// not know: then nothing is said, and the server asks again at the next login.
func (c *Component) turnAway(ctx context.Context, at, to string, err error) {
	switch fault.Of(err).Kind {
	case fault.Internal, fault.Unavailable:
		c.log.Warn("subscription not answered", "user", to, "contact", at, "err", err)
	default:
		_ = c.send(ctx, c.presence("unsubscribed", at, to))
	}
}

// welcome tells somebody new what this is, when they add the gateway.
func (c *Component) welcome(ctx context.Context, q *Stanza) {
	a, err := c.desk.Account(ctx, q.User)
	if err != nil || a.Registered {
		return
	}
	lang := c.match(a.Lang, q.Lang)
	id := "welcome-" + digest(q.User)
	text := c.words(a.Unit, lang).Say("chat.welcome", map[string]any{"gateway": c.cfg.Domain, "name": c.cfg.Name})
	_ = c.send(ctx, El("", "message", El("", "body").Says(text), El(nsOriginID, "origin-id").With("id", id)).
		With("type", "chat").With("from", c.cfg.Domain).With("to", bare(q.From)).With("id", id).With("lang", lang))
}

// presence begins a presence of a contact.
func (c *Component) presence(kind, at, to string) *Element {
	return El("", "presence").With("type", kind).With("from", c.jid(at)).With("to", to)
}
