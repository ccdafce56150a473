package wire_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// deaf is a connection whose server reads only what the test reads from far.
func deaf(t *testing.T, o wire.Options) (c *wire.Conn, far net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	c = wire.New(near, o)
	t.Cleanup(func() { c.Close(); far.Close() })
	return c, far
}

func write(t *testing.T, c *wire.Conn, s string) {
	t.Helper()
	if n, err := io.WriteString(c, s); err != nil || n != len(s) {
		t.Fatalf("wrote %d of %d: %v", n, len(s), err)
	}
}

func TestWriteDoesNotWait(t *testing.T) {
	c, far := deaf(t, quiet())
	for range 1000 {
		write(t, c, "0123456789")
	}
	if got := c.Pending(); got != 10_000 {
		t.Errorf("got %d bytes pending, want all", got)
	}
	got := make([]byte, 10_000)
	if _, err := io.ReadFull(far, got); err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.Repeat("0123456789", 1000) {
		t.Error("the bytes came in another order")
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.Pending(); got != 0 {
		t.Errorf("got %d bytes pending after Flush", got)
	}
	if got := c.Stats().BytesOut; got != 10_000 {
		t.Errorf("got %d bytes out", got)
	}
}

func TestServerThatDoesNotReadIsGivenUp(t *testing.T) {
	o := quiet()
	o.OutBytes = 100
	c, _ := deaf(t, o)
	write(t, c, strings.Repeat("x", 100))
	if _, err := io.WriteString(c, "x"); !errors.Is(err, wire.ErrFull) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, wire.ErrFull) {
		t.Errorf("Read says %v, not why the connection ended", err)
	}
	if err := c.WaitRoom(t.Context()); !errors.Is(err, wire.ErrFull) {
		t.Errorf("WaitRoom says %v", err)
	}
}

func TestServerThatStopsReadingIsGivenUp(t *testing.T) {
	o := quiet()
	o.WriteTimeout = time.Millisecond
	c, _ := deaf(t, o)
	write(t, c, "x")
	if err := c.Flush(t.Context()); !errors.Is(err, wire.ErrFull) {
		t.Errorf("got %v", err)
	}
}

func TestServerThatIsGoneIsNoticed(t *testing.T) {
	c, far := deaf(t, quiet())
	far.Close()
	write(t, c, "x")
	if err := c.Flush(t.Context()); !errors.Is(err, wire.ErrEnded) {
		t.Errorf("got %v", err)
	}
}

func TestWaitRoom(t *testing.T) {
	o := quiet()
	o.LowBytes = 10
	c, far := deaf(t, o)
	write(t, c, strings.Repeat("x", 10))
	if err := c.WaitRoom(t.Context()); err != nil {
		t.Errorf("there is room, and yet: %v", err)
	}
	write(t, c, "x")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.WaitRoom(over); !errors.Is(err, context.Canceled) {
		t.Errorf("no room, and yet: %v", err)
	}
	waited := make(chan error)
	go func() { waited <- c.WaitRoom(t.Context()) }()
	if _, err := io.ReadFull(far, make([]byte, 11)); err != nil {
		t.Fatal(err)
	}
	if err := <-waited; err != nil {
		t.Errorf("got %v", err)
	}
}

func TestFlushWaitsForEverything(t *testing.T) {
	c, far := deaf(t, quiet())
	write(t, c, "goodbye")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Flush(over); !errors.Is(err, context.Canceled) {
		t.Errorf("nothing is written, and yet: %v", err)
	}
	flushed := make(chan error)
	go func() { flushed <- c.Flush(t.Context()) }()
	if _, err := io.ReadFull(far, make([]byte, 7)); err != nil {
		t.Fatal(err)
	}
	if err := <-flushed; err != nil {
		t.Errorf("got %v", err)
	}
}

func TestCloseEndsWaiting(t *testing.T) {
	c, _ := deaf(t, quiet())
	write(t, c, "x")
	flushed := make(chan error)
	go func() { flushed <- c.Flush(t.Context()) }()
	c.Close()
	if err := <-flushed; !errors.Is(err, wire.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// slow is a connection whose writer needs a while to notice that it is closed.
type slow struct {
	*fixed
	came, left atomic.Bool // the writer
}

func (s *slow) Write([]byte) (int, error) {
	s.came.Store(true)
	<-s.closed
	for range 1000 {
		runtime.Gosched()
	}
	s.left.Store(true)
	return 0, net.ErrClosed
}

func TestCloseWaitsForTheWriter(t *testing.T) {
	nc := &slow{fixed: newFixed(1, "")}
	c := wire.New(nc, quiet())
	write(t, c, "x")
	for !nc.came.Load() {
		runtime.Gosched()
	}
	c.Close()
	if !nc.left.Load() {
		t.Error("the writer is still there")
	}
}

func TestStanzasOut(t *testing.T) {
	c := wire.New(newFixed(1, ""), quiet())
	defer c.Close()
	all := header + "<handshake>00</handshake><message><body>a/&gt;b</body></message><iq a='/>'/> <presence></presence></stream:stream>"
	for _, b := range []byte(all) {
		if _, err := c.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Stats().StanzasOut; got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}
