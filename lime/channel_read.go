package lime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// read takes what comes until there is no more, or the peer is finishing.
func (c *Channel) read() {
	defer close(c.in)
	for {
		b, err := c.transport.Receive()
		if err != nil {
			c.unreadable(err)
			return
		}
		c.heard.Store(time.Now().UnixNano())
		e, err := Decode(b)
		if e == nil {
			c.unreadable(err)
			return
		}
		if err != nil {
			c.refuse(e, ReasonOf(err, Validation))
			continue
		}
		if !c.take(e) {
			return
		}
	}
}

// unreadable ends the session: the stream has no next envelope.
func (c *Channel) unreadable(err error) {
	switch {
	case errors.Is(err, ErrTooLong), errors.Is(err, ErrNotJSON), errors.Is(err, errNotText):
		c.fail(err, Errorf(Validation, "%v", err))
	case errors.Is(err, io.EOF):
		c.end(fmt.Errorf("%w: the connection was closed", ErrClosed), nil)
	default:
		c.end(fmt.Errorf("%w: %w", ErrClosed, err), nil)
	}
}

// take gives an envelope to whom it is for; false is the end of reading.
func (c *Channel) take(e Envelope) bool {
	switch e := e.(type) {
	case *Session:
		return c.takeSession(e)
	case *Command:
		if e.IsResponse() && c.settle(e) {
			return true
		}
	}
	if counted(e) {
		if fair, bearable := c.throughput.allow(); !bearable {
			c.fail(ErrClosed, Errorf(QuotaExceeded, "too many envelopes: the session is closed"))
			return false
		} else if !fair {
			c.refuse(e, Errorf(RequestLimit, "too many envelopes a second"))
			return true
		}
	}
	select {
	case c.in <- e:
		return true
	case <-c.over:
		return false
	}
}

// counted reports whether an envelope asks for work.
func counted(e Envelope) bool {
	switch e := e.(type) {
	case *Message:
		return true
	case *Command:
		return !e.IsResponse()
	}
	return false
}

// takeSession is the state machine behind established.
func (c *Channel) takeSession(s *Session) bool {
	switch {
	case c.server && s.State == StateFinishing && (s.ID == "" || s.ID == c.id):
		return false // run finishes it
	case c.server:
		c.fail(ErrClosed, Errorf(InvalidAction, "the session is established"))
	case s.State == StateFinished:
		c.end(nil, nil)
	case s.State == StateFailed:
		reason := s.Reason
		if reason == nil {
			reason = Errorf(General, "the server failed the session")
		}
		c.end(reason, nil)
	default:
		c.end(fmt.Errorf("%w: the server sent a session that is %s", ErrClosed, s.State), c.session(StateFinishing, nil))
	}
	return false
}

// refuse tells the peer that an envelope of its was not taken, if it can be
// told: it has an id, and is no answer itself.
func (c *Channel) refuse(e Envelope, reason *Reason) {
	ctx, cancel := context.WithTimeout(c.ctx, c.limits.Write)
	defer cancel()
	switch e := e.(type) {
	case *Message:
		_ = c.notify(ctx, e, Failed, reason)
	case *Command:
		if !e.IsResponse() {
			_ = c.respond(ctx, e, nil, reason)
		}
	case *Session:
		c.fail(ErrClosed, reason)
	}
}
