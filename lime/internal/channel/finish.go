package channel

import (
	"context"

	"github.com/bitcoim/bitcoim/lime"
)

// Finish ends the session and waits until it is over. A client asks the server
// to; a server just does.
func (c *Channel) Finish(ctx context.Context) error {
	if c.Server {
		c.Close()
	} else if err := c.Send(ctx, c.session(lime.StateFinishing, nil)); err != nil && ctx.Err() == nil {
		<-c.done // it is over already
		return nil
	}
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		c.Abort()
		<-c.done
		return ctx.Err()
	}
}

// Close begins the end of a server's session, which tells the client that it is
// finished.
func (c *Channel) Close() { c.end(nil, c.session(lime.StateFinished, nil)) }

// Abort ends the session without a word.
func (c *Channel) Abort() {
	c.end(lime.ErrClosed, nil)
	c.transport.Abort()
}

// end begins the end, once: last is what the peer is told, nil for nothing.
func (c *Channel) end(why error, last *lime.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.over:
		return
	default:
	}
	c.err, c.last = why, last
	close(c.over)
	c.stop()
}

// fail ends the session and tells the peer why.
func (c *Channel) fail(why error, reason *lime.Reason) {
	if !c.Server { // only a server may say failed
		c.end(why, c.session(lime.StateFinishing, nil))
		return
	}
	c.end(why, c.session(lime.StateFailed, reason))
}

func (c *Channel) session(state lime.State, reason *lime.Reason) *lime.Session {
	s := &lime.Session{Header: lime.Header{ID: c.ID}, State: state, Reason: reason}
	if c.Server {
		s.From, s.To = c.Local, c.Remote
	}
	return s
}
