package wire

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// blanks are what may stand between stanzas.
const blanks = "                                                                "

const (
	oneWrite = 64 << 10 // bytes under one deadline
	keep     = 1 << 20  // a buffer that grew larger is not kept
)

// outbound is the writer's half of a connection. Whoever sends appends to
// pending; the writer goroutine takes all that is whole at once.
type outbound struct {
	mu      sync.Mutex
	work    sync.Cond // something whole is pending, or err is set
	pending []byte
	items   items         // what of pending is whole
	queued  uint64        // bytes ever made whole, padding included
	written uint64        // bytes ever taken by the network
	moved   chan struct{} // closed at the next progress, if somebody waits for it
	err     error         // why the connection ended
}

// Write appends p to what waits to be written. It never waits for the
// network. A stanza is written when it is whole, in whatever pieces it comes;
// of stanzas that are written in pieces there can be only one at a time, so
// only one goroutine may write those.
//
// A stanza with a tag longer than Limits.TagBytes is left out, which is
// ErrTag; nothing is written after the stream's end tag, which is ErrClosed.
// If more than Options.OutBytes would wait, the server does not read and the
// connection ends with ErrFull.
func (c *Conn) Write(p []byte) (int, error) {
	o := &c.out
	o.mu.Lock()
	if o.err != nil {
		defer o.mu.Unlock()
		return 0, o.err
	}
	if o.items.closed {
		o.mu.Unlock()
		return 0, fmt.Errorf("%w: the stream has ended", ErrClosed)
	}
	if waiting := int(o.queued-o.written) + len(o.pending) - o.items.whole; waiting+len(p) > c.o.OutBytes {
		o.mu.Unlock()
		c.fail(fmt.Errorf("%w: %d bytes wait", ErrFull, waiting))
		return 0, c.Err()
	}
	o.pending = append(o.pending, p...)
	before := o.items.whole
	stanzas, err := o.items.find(&o.pending, o.queued-uint64(before), c.o.Limits.TagBytes)
	o.queued += uint64(o.items.whole - before)
	o.work.Signal()
	o.mu.Unlock()
	c.stat.stanzasOut.Add(stanzas)
	if err != nil {
		c.stat.unsafe.Add(1)
		return 0, err
	}
	return len(p), nil
}

// Pending returns how many bytes wait to be written.
func (c *Conn) Pending() int {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	return int(c.out.queued - c.out.written)
}

// WaitRoom waits until no more than Options.LowBytes wait to be written. It is
// for those who produce much; never call it where stanzas are read, because a
// server may stop reading until it is read from.
func (c *Conn) WaitRoom(ctx context.Context) error {
	return c.wait(ctx, func(o *outbound) bool { return int(o.queued-o.written) <= c.o.LowBytes })
}

// Flush waits until everything written before the call is with the network.
func (c *Conn) Flush(ctx context.Context) error {
	c.out.mu.Lock()
	all := c.out.queued
	c.out.mu.Unlock()
	return c.wait(ctx, func(o *outbound) bool { return o.written >= all })
}

func (c *Conn) wait(ctx context.Context, enough func(*outbound) bool) error {
	o := &c.out
	for {
		o.mu.Lock()
		if enough(o) {
			o.mu.Unlock()
			return nil
		}
		if o.err != nil {
			defer o.mu.Unlock()
			return o.err
		}
		if o.moved == nil {
			o.moved = make(chan struct{})
		}
		moved := o.moved
		o.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// writeOut is the writer goroutine. It ends with the connection.
func (c *Conn) writeOut() {
	defer close(c.done)
	var batch []byte
	for {
		var ok bool
		if batch, ok = c.out.swap(batch); !ok {
			return
		}
		for rest := batch; len(rest) > 0; {
			n, err := c.writeSome(rest[:min(len(rest), oneWrite)])
			rest = rest[n:]
			c.out.progress(n)
			c.stat.bytesOut.Add(uint64(n))
			if err != nil {
				c.fail(err)
				return
			}
		}
	}
}

func (c *Conn) writeSome(p []byte) (int, error) {
	if err := c.nc.SetWriteDeadline(time.Now().Add(c.o.WriteTimeout)); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrEnded, err)
	}
	n, err := c.nc.Write(p)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, fmt.Errorf("%w: nothing for %v", ErrFull, c.o.WriteTimeout)
	case err != nil:
		return n, fmt.Errorf("%w: %w", ErrEnded, err)
	}
	return n, nil
}

// swap waits for work and gives it in exchange for an empty buffer. Blanks
// follow it, so that no tag of it waits in the server's parser (see items).
func (o *outbound) swap(old []byte) (batch []byte, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.items.whole == 0 && o.err == nil {
		o.work.Wait()
	}
	if o.err != nil {
		return nil, false
	}
	if cap(old) > keep {
		old = nil
	}
	rest := o.pending[o.items.whole:]
	batch, o.pending = o.pending[:o.items.whole], append(old[:0], rest...)
	o.items.taken()
	for need := o.items.need; o.queued < need; {
		n := min(need-o.queued, uint64(len(blanks)))
		batch = append(batch, blanks[:n]...)
		o.queued += n
	}
	return batch, true
}

// progress says that n more bytes are with the network.
func (o *outbound) progress(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.written += uint64(n)
	o.wake()
}

// stop ends all waiting because of err.
func (o *outbound) stop(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
	o.pending = nil
	o.work.Broadcast()
	o.wake()
}

func (o *outbound) wake() {
	if o.moved != nil {
		close(o.moved)
		o.moved = nil
	}
}
