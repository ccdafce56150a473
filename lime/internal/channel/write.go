package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/lime"
)

// Send queues an envelope, and waits while the queue is long. It returns before
// the peer has it. At a server, from and to are filled in where they are zero;
// the envelope itself is not changed.
func (c *Channel) Send(ctx context.Context, e lime.Envelope) error {
	b, err := c.encode(e)
	if err != nil {
		return err
	}
	return c.push(ctx, b)
}

func (c *Channel) push(ctx context.Context, b []byte) error {
	select {
	case <-c.over:
		return lime.ErrClosed
	default:
		return c.out.push(ctx, c.over, b)
	}
}

// Offer queues an envelope without waiting. A peer that does not read what it
// is sent loses its session.
func (c *Channel) Offer(e lime.Envelope) error {
	b, err := c.encode(e)
	if err != nil {
		return err
	}
	select {
	case <-c.over:
		return lime.ErrClosed
	default:
	}
	if !c.out.offer(b) {
		c.fail(lime.ErrSlow, lime.Errorf(lime.Dispatch, "the peer does not read"))
		c.transport.Abort() // what is under way would keep the writer
		return lime.ErrSlow
	}
	return nil
}

func (c *Channel) encode(e lime.Envelope) ([]byte, error) {
	if h := e.Head(); c.Server && (h.From.IsZero() || h.To.IsZero()) {
		e = c.addressed(e)
	}
	return lime.Encode(e)
}

// addressed is a copy of an envelope whose from and to are those of the session where
// it has none.
func (c *Channel) addressed(e lime.Envelope) lime.Envelope {
	switch was := e.(type) {
	case *lime.Message:
		m := *was
		e = &m
	case *lime.Notification:
		n := *was
		e = &n
	case *lime.Command:
		r := *was
		e = &r
	case *lime.Session:
		s := *was
		e = &s
	}
	h := e.Head()
	if h.From.IsZero() {
		h.From = c.Local
	}
	if h.To.IsZero() {
		h.To = c.Remote
	}
	return e
}

// write sends what is queued, and pings a silent peer, until the end.
func (c *Channel) write() {
	idle := time.NewTimer(min(c.Limits.Idle, c.Limits.Dead))
	defer idle.Stop()
	var batch [][]byte
	for {
		select {
		case <-c.over:
			c.goodbye(batch)
			return
		default:
		}
		select {
		case <-c.out.ready:
			batch = c.out.take(batch)
			if err := c.send(batch); err != nil {
				c.end(fmt.Errorf("%w: %w", lime.ErrClosed, err), nil)
			}
		case <-idle.C:
			idle.Reset(c.keepAlive())
		case <-c.over:
		}
	}
}

func (c *Channel) send(batch [][]byte) error {
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.Limits.Write)
	defer cancel()
	return c.transport.Send(ctx, batch)
}

// goodbye writes what is left and the last words, if there are any, and closes
// the transport, so that reading ends too.
func (c *Channel) goodbye(batch [][]byte) {
	c.mu.Lock()
	why, last := c.err, c.last
	c.mu.Unlock()
	if last == nil && why != nil {
		c.transport.Abort()
		return
	}
	batch = c.out.take(batch)
	if last != nil {
		if b, err := c.encode(last); err == nil {
			batch = append(batch, b)
		}
	}
	if c.send(batch) != nil {
		c.transport.Abort()
		return
	}
	_ = c.transport.Close(why)
}

// keepAlive pings the peer if it was silent for long, finishes the session if
// it was silent for too long, and returns when to look again.
func (c *Channel) keepAlive() time.Duration {
	silent := time.Since(time.Unix(0, c.heard.Load()))
	switch {
	case silent >= c.Limits.Dead:
		if c.Server {
			c.end(fmt.Errorf("%w: the peer is silent", lime.ErrClosed), c.session(lime.StateFinished, nil))
		} else {
			c.end(fmt.Errorf("%w: the server is silent", lime.ErrClosed), nil)
		}
		return time.Hour
	case silent < c.Limits.Idle:
		return c.Limits.Idle - silent
	}
	// Without from and to: some answer a ping only so.
	p := &lime.Command{Header: lime.Header{ID: lime.NewID()}, Method: lime.Get, URI: lime.PingURI}
	if b, err := lime.Encode(p); err == nil {
		c.out.offer(b)
	}
	return c.Limits.Dead - silent
}
