package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/transport"
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
		e, err := lime.Decode(b)
		if e == nil {
			c.unreadable(err)
			return
		}
		if err != nil {
			c.Reject(e, lime.ReasonOf(err, lime.Validation))
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
	case errors.Is(err, lime.ErrTooLong), errors.Is(err, lime.ErrNotJSON), errors.Is(err, transport.ErrNotText):
		c.fail(err, lime.Errorf(lime.Validation, "%v", err))
	case errors.Is(err, io.EOF):
		c.end(fmt.Errorf("%w: the connection was closed", lime.ErrClosed), nil)
	default:
		c.end(fmt.Errorf("%w: %w", lime.ErrClosed, err), nil)
	}
}

// take gives an envelope to whom it is for; false is the end of reading.
func (c *Channel) take(e lime.Envelope) bool {
	switch e := e.(type) {
	case *lime.Session:
		return c.takeSession(e)
	case *lime.Command:
		if e.IsResponse() && c.settle(e) {
			return true
		}
	}
	if counted(e) {
		if fair, bearable := c.throughput.allow(); !bearable {
			c.fail(lime.ErrClosed, lime.Errorf(lime.QuotaExceeded, "too many envelopes: the session is closed"))
			return false
		} else if !fair {
			c.Reject(e, lime.Errorf(lime.RequestLimit, "too many envelopes a second"))
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
func counted(e lime.Envelope) bool {
	switch e := e.(type) {
	case *lime.Message:
		return true
	case *lime.Command:
		return !e.IsResponse()
	}
	return false
}

// takeSession is the state machine behind established.
func (c *Channel) takeSession(s *lime.Session) bool {
	switch {
	case c.Server && s.State == lime.StateFinishing && (s.ID == "" || s.ID == c.ID):
		return false // run finishes it
	case c.Server:
		c.fail(lime.ErrClosed, lime.Errorf(lime.InvalidAction, "the session is established"))
	case s.State == lime.StateFinished:
		c.end(nil, nil)
	case s.State == lime.StateFailed:
		reason := s.Reason
		if reason == nil {
			reason = lime.Errorf(lime.General, "the server failed the session")
		}
		c.end(reason, nil)
	default:
		c.end(fmt.Errorf("%w: the server sent a session that is %s", lime.ErrClosed, s.State), c.session(lime.StateFinishing, nil))
	}
	return false
}

// Reject tells the peer that an envelope of its was not taken, if it can be
// told: it has an id, and is no answer itself.
func (c *Channel) Reject(e lime.Envelope, reason *lime.Reason) {
	ctx, cancel := context.WithTimeout(c.ctx, c.Limits.Write)
	defer cancel()
	switch e := e.(type) {
	case *lime.Message:
		_ = c.Notify(ctx, e, lime.Failed, reason)
	case *lime.Command:
		if !e.IsResponse() {
			_ = c.respond(ctx, e, nil, reason)
		}
	case *lime.Session:
		c.fail(lime.ErrClosed, reason)
	}
}
