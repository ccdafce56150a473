package wire

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// oneRead is how much is taken from the network at once.
const oneRead = 64 << 10

// inbound is the reader's half of a connection.
type inbound struct {
	buf        []byte
	start      int // of the item being framed
	pos        int // how far the framer is
	end        int // of what was read
	frame      framer
	check      checker
	skipping   bool   // the rest of this item is not wanted
	greeted    bool   // the first element after the header, the handshake, was seen
	noise      bool   // the last item was text between elements, counted already
	over       error  // nothing is read after this
	ready      []byte // what Read hands out next
	substitute []byte
	stream     []byte // the name of the stream's element, as written
}

func (in *inbound) init(o Options) {
	in.buf = make([]byte, o.Limits.StanzaBytes+oneRead)
	in.frame.header = true
	in.check.limits = o.Limits
}

// Read returns the stream header, whole harmless stanzas, and what the server
// says about the stream. It waits only for the network.
func (c *Conn) Read(p []byte) (int, error) {
	in := &c.in
	n := 0
	for n < len(p) {
		if len(in.ready) > 0 {
			m := copy(p[n:], in.ready)
			in.ready = in.ready[m:]
			n += m
			continue
		}
		if c.next() {
			continue
		}
		if n > 0 {
			break
		}
		if err := c.fill(); err != nil {
			c.fail(err)
			return 0, c.Err()
		}
	}
	return n, nil
}

// fill waits for bytes from the network.
func (c *Conn) fill() error {
	in := &c.in
	if in.over != nil {
		return in.over
	}
	if in.start == in.end {
		in.start, in.pos, in.end = 0, 0, 0
	}
	if len(in.buf)-in.end < oneRead {
		copy(in.buf, in.buf[in.start:in.end])
		in.pos -= in.start
		in.end -= in.start
		in.start = 0
	}
	if err := c.nc.SetReadDeadline(time.Now().Add(c.o.ReadTimeout)); err != nil {
		return fmt.Errorf("%w: %w", ErrEnded, err)
	}
	n, err := c.nc.Read(in.buf[in.end:min(in.end+oneRead, len(in.buf))])
	in.end += n
	c.stat.bytesIn.Add(uint64(n))
	switch {
	case n > 0 || err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w for %v", ErrSilent, c.o.ReadTimeout)
	case errors.Is(err, io.EOF) && in.start < in.end:
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrEnded, err)
}

// next makes the next harmless item of the buffer ready, if there is a whole
// one in it.
func (c *Conn) next() bool {
	in := &c.in
	for in.over == nil {
		n, it := in.frame.scan(in.buf[in.pos:in.end])
		in.pos += n
		raw := in.buf[in.start:in.pos]
		switch {
		case in.skipping:
			in.skipping = it == partial
			in.start = in.pos
		case len(raw) > c.o.Limits.StanzaBytes && it != text:
			if !in.greeted {
				in.over = fmt.Errorf("%w: %v", ErrNotStream, TooLarge)
				return false
			}
			in.skipping = it == partial
			in.start = in.pos
			c.giveUp(raw[:c.o.Limits.StanzaBytes])
		case it != partial:
			in.start = in.pos
			c.take(it, raw)
		}
		if len(in.ready) > 0 {
			return true
		}
		if it == partial {
			return false
		}
	}
	return false
}
