package component

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"mellium.im/xmpp/stanza"

	"github.com/bitcoim/bitcoim/keyqueue"
	"github.com/bitcoim/bitcoim/wallet"
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
	if l.leaving.Load() {
		c.takeLast(l, q)
		return
	}
	switch q.Kind {
	case "message":
		if q.Type == "error" && strings.HasPrefix(q.ID, noticePrefix) {
			if !c.pace.Look(q.User, time.Now()) { // anybody can say so of any number
				c.tally.limited.Add(1)
				return
			}
			c.do(l, c.requests, q, c.takeBack)
			return
		}
		switch {
		case !q.personal(c.cfg.Domain):
			c.tally.ignored.Add(1)
		case q.invite() != nil:
			c.takeInvite(l, q)
		case q.retracts() != "":
			c.paced(l, q, c.answerRetraction)
		case q.fit():
			c.paced(l, q, c.answerMessage)
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
		if !c.mayAsk(q) {
			c.tally.limited.Add(1)
			c.turnBack(l, q, errBusy)
			return
		}
		c.do(l, c.requests, q, c.answerIQ)
	default:
		c.tally.ignored.Add(1)
	}
}

// paced is do for what a person says, who is told once in a while that it was too
// much: in words, unless everybody together says too much, for words have to be
// looked up.
func (c *Component) paced(l *link, q *Stanza, f func(context.Context, *Stanza)) {
	switch c.pace.Take(q.User, time.Now()) {
	case wallet.Granted:
		c.do(l, c.requests, q, f)
		return
	case wallet.TooFast:
		c.do(l, c.requests, q, c.tooFast)
	case wallet.TooMany:
		c.turnBack(l, q, errBusy)
	}
	c.tally.limited.Add(1)
}

// mayAsk counts a request. Our own pings are nobody's.
func (c *Component) mayAsk(q *Stanza) bool {
	switch {
	case ours(q.From, c.cfg.Domain):
		return true
	case q.Type == "get":
		return c.pace.Look(q.User, time.Now())
	}
	return c.pace.Take(q.User, time.Now()) == wallet.Granted
}

// do runs f for q in the queue of who sent it. Without room there, the sender
// is told so: of an iq always, because it must be answered (RFC 6120 §8.2.3),
// of a message if the wire has little to do.
func (c *Component) do(l *link, queues *keyqueue.Queues, q *Stanza, f func(context.Context, *Stanza)) {
	if give, ok := c.held.take(q); ok {
		take := queues.Do
		if queues == c.requests && c.goesFirst(q) {
			take = queues.DoFirst
		}
		err := take(q.User, func(ctx context.Context) {
			defer give()
			defer c.logPanic(q.Kind)
			f(ctx, q)
		})
		if err == nil {
			return
		}
		give()
	}
	c.tally.shed.Add(1)
	if q.Kind == "iq" {
		c.turnBack(l, q, errBusy)
		return
	}
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

// turnBack refuses q at once, from the reader: writing does not wait. A server
// that takes so many refusals and reads none is left alone.
func (c *Component) turnBack(l *link, q *Stanza, why stanza.Error) {
	if q.Kind == "presence" || q.Type == "error" || q.Type == "result" || ours(q.From, c.cfg.Domain) || l.conn.Pending() > mostRefusals {
		return
	}
	if l.write(c.stanzaError(q, why)) == nil {
		c.tally.count(&c.tally.out, q.Kind)
	}
}

// mostRefusals is how many bytes may wait to be written while refusals are added.
const mostRefusals = 16 << 20

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
