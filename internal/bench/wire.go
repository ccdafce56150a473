package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// measureWire takes the processor time of the guard alone: a message in through it and a message
// out, over a network that takes no time.
func measureWire(ctx context.Context, p plan) ([]row, error) {
	var in, out []float64
	for range p.rounds {
		i, o, err := wireOnce(ctx, p.each)
		if err != nil {
			return nil, err
		}
		in, out = append(in, i), append(out, o)
	}
	both := median(in) + median(out)
	return []row{{
		what: fmt.Sprintf("wire alone, %d bytes in and out", len(chatLine(0, 0))), ours: count(both) + " ns",
		beside: fmt.Sprintf("in %s ns, out %s ns", count(median(in)), count(median(out))),
		target: "< 3,000 ns", verdict: verdict(both < 3000),
	}}, nil
}

// wireOnce returns nanoseconds of processor time for a stanza in and for one out.
func wireOnce(ctx context.Context, d time.Duration) (in, out float64, err error) {
	c := wire.New(newEndless(), wire.Options{Log: slog.New(slog.DiscardHandler)})
	defer c.Close()
	message := []byte(chatLine(0, 0))
	buf := make([]byte, 4096)
	if _, err := io.WriteString(c, streamHeader+"<handshake/>"); err != nil {
		return 0, 0, err
	}
	bytes, used, began := 0, busy(), time.Now()
	for n := 0; n%1024 != 0 || time.Since(began) < d/2; n++ {
		m, err := c.Read(buf)
		if err != nil {
			return 0, 0, err
		}
		bytes += m
	}
	in = float64(busy()-used) / (float64(bytes) / float64(len(message)))

	written := 0
	used, began = busy(), time.Now()
	for ; written%1024 != 0 || time.Since(began) < d/2; written++ {
		if _, err := c.Write(message); err != nil {
			return 0, 0, err
		}
		if written%4096 == 4095 {
			if err := c.Flush(ctx); err != nil {
				return 0, 0, err
			}
		}
	}
	if err := c.Flush(ctx); err != nil {
		return 0, 0, err
	}
	return in, float64(busy()-used) / float64(written), nil
}

const streamHeader = "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' " +
	"xmlns='jabber:component:accept' from='bitcoin.localhost' id='1'>"

// endless is a connection that brings messages for ever and takes all.
type endless struct {
	net.Conn // nil: what is not below is not called
	head     string
	messages []byte
	at       int
}

func newEndless() *endless {
	one := chatLine(0, 0)
	return &endless{head: streamHeader + "<handshake/>", messages: []byte(strings.Repeat(one, 64<<10/len(one)))}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head != "" {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	n := copy(p, e.messages[e.at:])
	e.at = (e.at + n) % len(e.messages)
	return n, nil
}

func (e *endless) Write(p []byte) (int, error)      { return len(p), nil }
func (e *endless) Close() error                     { return nil }
func (e *endless) SetReadDeadline(time.Time) error  { return nil }
func (e *endless) SetWriteDeadline(time.Time) error { return nil }
