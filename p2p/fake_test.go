package p2p_test

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	gonet "net"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

// fake listens as a node would; what it says is up to the test.
type fake struct {
	l    gonet.Listener
	addr string
}

func listen(t testing.TB) *fake {
	t.Helper()
	l, err := gonet.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &fake{l, l.Addr().String()}
}

// accept waits for the next connection.
func (f *fake) accept(t testing.TB) *caller {
	t.Helper()
	if err := f.l.(*gonet.TCPListener).SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	conn, err := f.l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &caller{Conn: conn, r: newReader(conn), magic: params.Net}
}

// caller is a connection of the client under test.
type caller struct {
	gonet.Conn
	r     *bufio.Reader
	magic wire.BitcoinNet // of the client's messages
	other wire.BitcoinNet // of ours, if it is another

	mu sync.Mutex
}

func newReader(c gonet.Conn) *bufio.Reader { return bufio.NewReader(c) }

// peek reads what comes first and hangs up.
func (c *caller) peek(t testing.TB, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	_, err := io.ReadFull(c.r, b)
	c.Close()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (c *caller) say(t testing.TB, messages ...wire.Message) {
	t.Helper()
	for _, m := range messages {
		if err := c.trySay(m); err != nil {
			t.Fatalf("%s: %v", m.Command(), err)
		}
	}
}

func (c *caller) trySay(m wire.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := wire.WriteMessageWithEncodingN(c.Conn, m, wire.ProtocolVersion, cmp.Or(c.other, c.magic), wire.WitnessEncoding)
	return err
}

// hear reads the next message.
func (c *caller) hear() (wire.Message, error) {
	for {
		_, m, _, err := wire.ReadMessageWithEncodingN(c.r, wire.ProtocolVersion, c.magic, wire.WitnessEncoding)
		if errors.Is(err, wire.ErrUnknownMessage) {
			continue
		}
		return m, err
	}
}

// expect reads until a message of this kind, and answers pings on the way.
func expect[M wire.Message](t testing.TB, c *caller) M {
	t.Helper()
	for {
		m, err := c.hear()
		if err != nil {
			var want M
			t.Fatalf("no %T: %v", want, err)
		}
		if want, ok := m.(M); ok {
			return want
		}
		if ping, ok := m.(*wire.MsgPing); ok {
			c.say(t, wire.NewMsgPong(ping.Nonce))
		}
	}
}

// greet does the handshake of an honest node. change may spoil its version.
func (c *caller) greet(t testing.TB, change func(*wire.MsgVersion), extra ...wire.Message) *wire.MsgVersion {
	t.Helper()
	theirs := expect[*wire.MsgVersion](t, c)
	ours := hello()
	if change != nil {
		change(ours)
	}
	c.say(t, ours)
	c.say(t, extra...)
	c.say(t, wire.NewMsgVerAck())
	return theirs
}

// hello is the version of an honest node.
func hello() *wire.MsgVersion {
	nobody := wire.NewNetAddressIPPort(gonet.IPv4zero, 0, 0)
	v := wire.NewMsgVersion(nobody, nobody, 1, 100)
	v.ProtocolVersion = int32(wire.ProtocolVersion)
	v.Services = wire.SFNodeNetwork | wire.SFNodeWitness
	v.UserAgent = "/fake/"
	return v
}

// gone waits until the client hangs up.
func (c *caller) gone(t testing.TB) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c.r); isTimeout(err) {
		t.Fatal("it does not hang up")
	}
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[gonet.Error](err)
	return ok && timeout.Timeout()
}
