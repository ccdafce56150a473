package wire

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/bits"
)

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
