package component

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/bitcoim/bitcoim/lane"
)

// nsRefused marks a stanza that the wire emptied because it was too big, too
// deep or would have ended the stream.
const nsRefused = "urn:bitcoim:wire"

// take sorts a stanza. It runs in the reader: what it cannot drop at once it
// hands over.
func (c *Component) take(l *link, q *Stanza) {
	c.tally.count(&c.tally.in, q.Kind)
	if q.Child(nsRefused, "refused") != nil {
		if q.Type == "error" || (q.Kind == "iq" && q.Type == "result") {
			c.tally.ignored.Add(1)
			return
		}
		c.do(l, c.requests, q, c.answerRefused)
		return
	}
	switch q.Kind {
	case "message":
		if q.Type == "error" && strings.HasPrefix(q.ID, noticePrefix) {
			c.tally.bounced.Add(1)
			return
		}
		switch {
		case !q.personal(c.cfg.Domain):
			c.tally.ignored.Add(1)
		case q.retracts() != "":
			c.do(l, c.requests, q, c.answerRetraction)
		case q.fit():
			c.do(l, c.requests, q, c.answerMessage)
		default:
			c.tally.ignored.Add(1)
		}
	case "presence":
		c.takePresence(l, q)
	case "iq":
		if q.Type == "result" || q.Type == "error" {
			// Only our own pings ask anything, and the answer may be for
			// another instance. Hearing it is all we wanted.
			return
		}
		c.do(l, c.requests, q, c.answerIQ)
	default:
		c.tally.ignored.Add(1)
	}
}

// do runs f for q in the lane of who sent it. Without room there, the sender
// is told so, if the wire has little to do.
func (c *Component) do(l *link, lanes *lane.Lanes, q *Stanza, f func(context.Context, *Stanza)) {
	size := int64(q.size())
	if c.held.Add(size) <= int64(c.cfg.Limits.Memory) {
		err := lanes.Do(q.User, func(ctx context.Context) {
			defer c.held.Add(-size)
			defer c.logPanic(q.Kind)
			f(ctx, q)
		})
		if err == nil {
			return
		}
	}
	c.held.Add(-size)
	c.tally.shed.Add(1)
	select {
	case l.busy <- q:
	default:
	}
}

// refuse tells senders whose stanza found no room to try again later. It says
// nothing while the wire is busy: they will find out by themselves.
func (c *Component) refuse(ctx context.Context, l *link) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case q := <-l.busy:
			if q.Type == "error" || q.Kind == "presence" || l.conn.Pending() > quiet {
				continue
			}
			_ = c.send(ctx, c.stanzaError(q, errBusy))
		}
	}
}

// quiet is how many bytes may wait to be written for the wire to have little to do.
const quiet = 64 << 10

// panicAsError turns a panic into an error that nobody but us is to blame for.
func (c *Component) panicAsError(what string, err *error) {
	if p := recover(); p != nil {
		c.tally.panics.Add(1)
		*err = fmt.Errorf("panic in a %s: %v\n%s", what, p, debug.Stack())
	}
}

// logPanic ends a panic. A stanza may be lost, the door stays open.
func (c *Component) logPanic(what string) {
	if p := recover(); p != nil {
		c.tally.panics.Add(1)
		c.log.Error("panic", "in", what, "panic", p, "stack", string(debug.Stack()))
	}
}
