// Package transport carries LIME envelopes over TCP and WebSocket.
package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/lime/internal/jsonscan"

	"github.com/bitcoim/bitcoim/lime"
)

// tcp is a stream of JSON objects without anything between them.
type tcp struct {
	conn    atomic.Pointer[net.Conn]
	server  bool
	tls     *tls.Config // nil: no upgrade
	limit   atomic.Int64
	in, out []byte // in[start:] was read and not received
	start   int
	scanned int // of in[start:]
	scan    jsonscan.Scanner
}

// NewTCP makes a transport of a connection, which may be a *tls.Conn. With a
// config, it can be upgraded to TLS.
func NewTCP(c net.Conn, server bool, upgrade *tls.Config) lime.Transport {
	t := &tcp{server: server, tls: upgrade}
	t.conn.Store(&c)
	t.Limit(DefaultLimit)
	return t
}

func (t *tcp) net() net.Conn { return *t.conn.Load() }

func (t *tcp) Limit(bytes int) { t.limit.Store(int64(bytes)) }

// Receive finds one object, however the bytes of the stream are cut.
func (t *tcp) Receive() ([]byte, error) {
	limit := int(t.limit.Load())
	for {
		if t.scanned == 0 {
			if t.start += jsonscan.Blank(t.in[t.start:]); t.start < len(t.in) && t.in[t.start] != '{' {
				return nil, lime.ErrNotJSON
			}
		}
		n, end := t.scan.Next(t.in[t.start+t.scanned:])
		t.scanned += n
		if t.scanned > limit {
			return nil, lime.ErrTooLong
		}
		if end {
			envelope := t.in[t.start : t.start+t.scanned]
			t.start += t.scanned
			t.scanned, t.scan = 0, jsonscan.Scanner{}
			return envelope, nil
		}
		if err := t.fill(); err != nil {
			return nil, err
		}
	}
}

// fill reads more behind what is there, moved to the front if that helps.
func (t *tcp) fill() error {
	if t.start > 0 {
		t.in = t.in[:copy(t.in, t.in[t.start:])]
		t.start = 0
	}
	if len(t.in) == 0 && cap(t.in) > 64<<10 {
		t.in = nil // one long envelope does not cost memory for ever
	}
	t.in = slices.Grow(t.in, 4<<10)
	n, err := t.net().Read(t.in[len(t.in):cap(t.in)])
	t.in = t.in[:len(t.in)+n]
	if n > 0 {
		return nil
	}
	return err
}

// Send writes all in one piece, with nothing between.
func (t *tcp) Send(ctx context.Context, envelopes [][]byte) error {
	t.out = t.out[:0]
	for _, e := range envelopes {
		t.out = append(t.out, e...)
	}
	c := t.net()
	if deadline, ok := ctx.Deadline(); ok {
		if err := c.SetWriteDeadline(deadline); err != nil {
			return err
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetWriteDeadline(time.Unix(1, 0)) })
	_, err := c.Write(t.out)
	stop()
	if cap(t.out) > 256<<10 {
		t.out = nil
	}
	return err
}

func (t *tcp) Options() []lime.Encryption {
	if _, is := t.net().(*tls.Conn); is {
		return []lime.Encryption{lime.TLS}
	}
	if t.tls == nil {
		return []lime.Encryption{lime.NoEncryption}
	}
	return []lime.Encryption{lime.NoEncryption, lime.TLS}
}

// Encrypt starts TLS on the same connection. What was read of it already is
// handed over, and white space before it is skipped: some write a newline
// behind an envelope, which may be late.
func (t *tcp) Encrypt(ctx context.Context, e lime.Encryption) error {
	if !slices.Contains(t.Options(), e) {
		return lime.Errorf(lime.NegotiationInvalid, "the transport has no %s", e)
	}
	if e == t.Info().Encryption {
		return nil
	}
	under := &afterBlank{Conn: t.net(), ahead: slices.Clone(t.in[t.start:])}
	t.in, t.start, t.scanned = nil, 0, 0
	if t.scan != (jsonscan.Scanner{}) {
		return errors.New("lime: an envelope is cut by the switch to TLS")
	}
	c := tls.Client(under, t.tls)
	if t.server {
		c = tls.Server(under, t.tls)
	}
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	var conn net.Conn = c
	t.conn.Store(&conn)
	return nil
}

// Shake does the handshake of a connection that began with TLS.
func (t *tcp) Shake(ctx context.Context) error {
	if c, is := t.net().(*tls.Conn); is {
		return c.HandshakeContext(ctx)
	}
	return nil
}

func (t *tcp) Info() lime.Info {
	c := t.net()
	i := lime.Info{Kind: "tcp", Remote: Host(c.RemoteAddr()), Encryption: lime.NoEncryption}
	if secure, is := c.(*tls.Conn); is {
		i.Encryption = lime.TLS
		i.Certificate = verified(secure.ConnectionState())
	}
	return i
}

// Close lets the peer read the last words before the connection goes: closed
// with unread bytes, TCP would throw them away.
func (t *tcp) Close(error) error {
	c := t.net()
	if half, ok := c.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(Linger))
		_, _ = io.CopyN(io.Discard, c, 1<<20)
	}
	return c.Close()
}

func (t *tcp) Abort() {
	c := t.net()
	if secure, is := c.(*tls.Conn); is {
		c = secure.NetConn() // Close of TLS would wait to say so
	}
	_ = c.Close()
}

// afterBlank is a connection without the white space at its start, and with
// bytes that somebody had read ahead.
type afterBlank struct {
	net.Conn
	ahead []byte
	begun bool
}

func (c *afterBlank) Read(p []byte) (n int, err error) {
	for {
		if len(c.ahead) > 0 {
			n = copy(p, c.ahead)
			c.ahead = c.ahead[n:]
		} else if n, err = c.Conn.Read(p); n == 0 {
			return n, err
		}
		if c.begun {
			return n, err
		}
		skipped := jsonscan.Blank(p[:n])
		if n = copy(p, p[skipped:n]); n > 0 {
			c.begun = true
			return n, err
		}
		if err != nil {
			return 0, err
		}
	}
}

// CloseWrite half-closes what is below.
func (c *afterBlank) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}
