package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/bits"
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
	case err == io.EOF && in.start < in.end:
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

// take decides about one whole item.
func (c *Conn) take(it item, raw []byte) {
	in := &c.in
	noise := it == text && len(bytes.TrimLeft(raw, " \t\r\n")) > 0
	if noise && !in.noise {
		c.drop(NotWellFormed, len(raw))
	}
	in.noise = noise
	switch it {
	case element:
		c.judge(raw)
	case opened:
		space, ok := in.check.stream(raw)
		if !ok || string(space) != nsStreams || string(in.check.top.local) != "stream" ||
			string(in.check.space) != c.o.Namespace {
			in.over = fmt.Errorf("%w: %.200q", ErrNotStream, raw)
			break
		}
		in.stream = bytes.Clone(in.check.top.name)
		in.ready = raw
	case closed:
		if name := bytes.TrimRight(raw[2:len(raw)-1], " \t\r\n"); in.stream == nil || !bytes.Equal(name, in.stream) {
			c.drop(NotWellFormed, len(raw))
			break
		}
		in.over = fmt.Errorf("%w: %w", ErrEnded, io.EOF)
		in.ready = raw
	case markup:
		// The XML declaration says nothing that we do not know.
		if !bytes.HasPrefix(raw, []byte("<?xml")) || in.stream != nil {
			c.drop(Markup, len(raw))
		}
	}
}

// judge decides about one whole element of the stream.
func (c *Conn) judge(raw []byte) {
	in := &c.in
	r, named := in.check.stanza(raw)
	var space, local []byte
	if named {
		space, local = in.check.within, in.check.top.local
	}
	switch {
	case string(space) == nsStreams && string(local) == "error":
		if r != harmless {
			in.over = fmt.Errorf("%w: unreadable stream error (%v)", ErrEnded, r)
			break
		}
		in.ready = raw
	case string(space) == c.o.Namespace && isStanza(local):
		in.greeted = true
		c.stat.stanzasIn.Add(1)
		if r != harmless {
			c.refuse(r, len(raw))
			break
		}
		in.ready = raw
	case in.greeted:
		c.drop(max(r, NotStanza), len(raw))
	case r != harmless:
		in.over = fmt.Errorf("%w: %.200q", ErrNotStream, raw)
	default: // the handshake, or what the session will say is none
		in.greeted = true
		in.ready = raw
	}
}

// giveUp decides about an element that is too large to keep, of which raw is
// the beginning.
func (c *Conn) giveUp(raw []byte) {
	in := &c.in
	if !in.check.start(raw) || string(in.check.within) != c.o.Namespace || !isStanza(in.check.top.local) {
		c.drop(TooLarge, len(raw))
		return
	}
	c.stat.stanzasIn.Add(1)
	c.refuse(TooLarge, len(raw))
}

func isStanza(local []byte) bool {
	switch string(local) {
	case "message", "presence", "iq":
		return true
	}
	return false
}

// refuse makes ready what stands for the stanza with the start tag check.top.
func (c *Conn) refuse(r Reason, size int) {
	in := &c.in
	in.substitute = appendRefused(in.substitute[:0], &in.check.top, r)
	in.ready = in.substitute
	if n := c.stat.refused[r].Add(1); seldom(n) {
		c.o.Log.Warn("stanza refused", slog.String("reason", r.String()), slog.Int("bytes", size), slog.Uint64("count", n))
	}
}

// drop says that something is neither passed nor replaced.
func (c *Conn) drop(r Reason, size int) {
	if n := c.stat.dropped.Add(1); seldom(n) {
		c.o.Log.Warn("dropped", slog.String("reason", r.String()), slog.Int("bytes", size), slog.Uint64("count", n))
	}
}

// seldom is true for 1, 2, 4, 8 and so on: whoever sends bad stanzas must not
// fill the log, too.
func seldom(n uint64) bool { return bits.OnesCount64(n) == 1 }
