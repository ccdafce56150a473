//go:build !js

package moneysocket_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// wire is a connection whose other end is the test: what stands between the
// two sides of a link.
type wire struct {
	to, from chan []byte
	gone     chan struct{}
	once     sync.Once
}

func newWire() *wire {
	return &wire{to: make(chan []byte, 8192), from: make(chan []byte, 8192), gone: make(chan struct{})}
}

func (w *wire) Read(ctx context.Context) ([]byte, error) {
	select {
	case f := <-w.to:
		return f, nil
	case <-w.gone:
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Write(ctx context.Context, frame []byte) error {
	select {
	case w.from <- frame:
		return nil
	case <-w.gone:
		return io.EOF
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *wire) Close() error {
	w.once.Do(func() { close(w.gone) })
	return nil
}

// link is a link over one wire after the other.
func link(s moneysocket.Seed, wires ...*wire) moneysocket.Link {
	return moneysocket.Link{Seed: s, Limits: loose, First: 1, Open: func(ctx context.Context) (moneysocket.Conn, error) {
		if len(wires) == 0 {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		w := wires[0]
		wires = wires[1:]
		return w, nil
	}}
}

// hear returns the next message of a wire, which must be of that name.
func (w *wire) hear(t testing.TB, s moneysocket.Seed, name moneysocket.Name) moneysocket.Message {
	t.Helper()
	select {
	case f := <-w.from:
		m, err := moneysocket.NewCodec(s).Decode(f)
		if err != nil || m.Name != name {
			t.Fatalf("got %s, %v, want %s", m.Name, err, name)
		}
		return m
	case <-soon(t).Done():
		t.Fatalf("no %s came", name)
		panic("not reached")
	}
}

// say sends a message to whoever has the wire.
func (w *wire) say(s moneysocket.Seed, m moneysocket.Message) {
	w.to <- moneysocket.NewCodec(s).Encode(m)
}

// meet plays a relay: the other side is there.
func (w *wire) meet(t testing.TB, s moneysocket.Seed) {
	t.Helper()
	ask := w.hear(t, s, moneysocket.RequestRendezvous)
	m := moneysocket.NewNotification(moneysocket.NotifyRendezvous, ask.UUID)
	m.Rendezvous = s.Rendezvous()
	w.say(s, m)
}

// consume plays a consumer up to READY.
func (w *wire) consume(t testing.TB, s moneysocket.Seed) {
	t.Helper()
	w.meet(t, s)
	w.say(s, moneysocket.NewRequest(moneysocket.RequestProvider))
	w.hear(t, s, moneysocket.NotifyProvider)
}

// barrier waits until all frames that were sent before are worked on.
func (w *wire) barrier(t testing.TB, s moneysocket.Seed) {
	t.Helper()
	ask := moneysocket.NewRequest(moneysocket.RequestPing)
	w.say(s, ask)
	for {
		select {
		case f := <-w.from:
			if m, err := moneysocket.NewCodec(s).Decode(f); err == nil && m.Name == moneysocket.NotifyPong && m.Ref == ask.UUID {
				return
			}
		case <-soon(t).Done():
			t.Fatal("no pong")
		}
	}
}

// socket is a websocket as a stranger opens it.
func socket(t testing.TB, at moneysocket.Location) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.Dial(soon(t), at.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

// tcp is a websocket by hand, of which half a frame can be sent.
func tcp(ctx context.Context, at moneysocket.Location) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(at.URL(), "ws://"))
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", c.RemoteAddr())
	answer := make([]byte, 12) // the rest is read with what follows
	if _, err = io.ReadFull(c, answer); err == nil && string(answer) != "HTTP/1.1 101" {
		err = fmt.Errorf("%s", answer)
	}
	return c, err
}

// masked is a binary frame of a client, with a mask of zeros.
func masked(payload []byte) []byte {
	frame := binary.BigEndian.AppendUint16([]byte{0x82, 0x80 | 126}, uint16(len(payload)))
	return append(append(frame, 0, 0, 0, 0), payload...)
}

// gone reads until the other side has closed.
func gone(t testing.TB, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection stays open")
	}
	_ = c.Close()
}

// request is the frame that asks for a rendezvous.
func request(id moneysocket.RendezvousID) []byte {
	m := moneysocket.NewRequest(moneysocket.RequestRendezvous)
	m.Rendezvous = id
	return m.Text()
}

// write sends a binary frame.
func write(t testing.TB, c *websocket.Conn, frame []byte) {
	t.Helper()
	if err := c.Write(soon(t), websocket.MessageBinary, frame); err != nil {
		t.Fatal(err)
	}
}

// next reads a clear message of that name.
func next(t testing.TB, c *websocket.Conn, name moneysocket.Name) moneysocket.Message {
	t.Helper()
	_, f, err := c.Read(soon(t))
	if err != nil {
		t.Fatalf("waiting for %s: %v", name, err)
	}
	m, err := moneysocket.ParseMessage(f)
	if err != nil || m.Name != name {
		t.Fatalf("got %s, %v, want %s", f, err, name)
	}
	return m
}

// ended waits until the relay has closed a connection.
func ended(t testing.TB, c *websocket.Conn) {
	t.Helper()
	ctx := soon(t)
	for {
		if _, _, err := c.Read(ctx); err != nil {
			if ctx.Err() != nil {
				t.Error("the connection stays open")
			}
			return
		}
	}
}
