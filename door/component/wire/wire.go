// Package wire is the connection under a component's XMPP session. It frames
// whole stanzas, lets only harmless ones through, and never makes a reader
// wait for a writer.
//
// A session that reads straight from the server ends when one stanza of any
// user displeases it. Here such a stanza is replaced by an empty one of the
// same name, from, to, id, type and xml:lang, with one child
//
//	<refused xmlns='urn:bitcoim:wire' reason='too-large'/>
//
// so that whoever handles stanzas can answer with an error. If even the start
// tag cannot be read, the stanza is dropped. Only the server ends the stream:
// by its end tag, by a stream error (RFC 6120 §4.9), or by closing the
// connection.
//
// A stanza without an end can only come from a server that is broken itself.
// It swallows all that follows, and what notices is the keepalive ping of the
// layer above.
package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Namespaces that matter to the guard.
const (
	NS        = "urn:bitcoim:wire"                 // of the child that stands for what was refused
	NSAccept  = "jabber:component:accept"          // XEP-0114 §3, the default of Options.Namespace
	nsStreams = "http://etherx.jabber.org/streams" // RFC 6120 §4.8.1
)

// Errors that end a connection. Read and Write return the first one that
// happened, wrapped with its cause.
var (
	ErrClosed    = errors.New("wire: closed")
	ErrFull      = errors.New("wire: the server does not read")
	ErrSilent    = errors.New("wire: the server is silent")
	ErrNotStream = errors.New("wire: not a component stream")
	ErrEnded     = errors.New("wire: the server closed the connection")
)

// Limits is what one stanza may be. What is over a limit is refused.
type Limits struct {
	StanzaBytes int // of a stanza, from < to >; 256 KiB
	Depth       int // of nested elements, the stanza itself being 1; 64
	Attrs       int // of one element, namespace declarations included; 64
	AttrBytes   int // of one attribute's value as written; 8 KiB, a full JID with every character escaped fits
	TagBytes    int // of a tag that is written, and of one that would answer what is read; 2 KiB
}

// Options of a connection. A zero field means its default.
type Options struct {
	Limits       Limits
	Namespace    string        // of stanzas; NSAccept
	WriteTimeout time.Duration // for 64 KiB to be taken by the network; 30 s
	ReadTimeout  time.Duration // without a single byte; 5 min
	OutBytes     int           // that may wait to be written before the connection is given up; 64 MiB
	LowBytes     int           // at which WaitRoom lets go; a 64th of OutBytes
	Log          *slog.Logger  // slog.Default()
}

func (o Options) withDefaults() Options {
	set(&o.Limits.StanzaBytes, 256<<10)
	set(&o.Limits.Depth, 64)
	set(&o.Limits.Attrs, 64)
	set(&o.Limits.AttrBytes, 8<<10)
	set(&o.Limits.TagBytes, 2<<10)
	set(&o.Namespace, NSAccept)
	set(&o.WriteTimeout, 30*time.Second)
	set(&o.ReadTimeout, 5*time.Minute)
	set(&o.OutBytes, 64<<20)
	set(&o.LowBytes, o.OutBytes/64)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Conn is a guarded connection to the server: the io.ReadWriter of a session.
// Read is for one goroutine at a time; everything else is for any.
//
// It is not a net.Conn on purpose: a session given one plays with its
// deadlines. So a context cannot end a Read; Close can.
type Conn struct {
	o    Options
	nc   net.Conn
	in   inbound
	out  outbound
	stat counters

	end  sync.Once
	done chan struct{} // closed when the writer is gone
}

// Dial connects to the server, over "tcp" or "unix".
func Dial(ctx context.Context, network, addr string, o Options) (*Conn, error) {
	var d net.Dialer
	nc, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	return New(nc, o), nil
}

// New guards nc, which it owns from now on. The caller must Close it.
func New(nc net.Conn, o Options) *Conn {
	o = o.withDefaults()
	c := &Conn{o: o, nc: nc, done: make(chan struct{})}
	c.in.init(o)
	c.out.work.L = &c.out.mu
	go c.writeOut()
	return c
}

// Close ends the connection at once and waits until its writer is gone. What
// still waits to be written is lost: Flush first.
func (c *Conn) Close() error {
	c.fail(ErrClosed)
	<-c.done
	return nil
}

// Err returns why the connection ended, or nil while it lives.
func (c *Conn) Err() error {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	return c.out.err
}

// fail ends the connection because of err. The first reason stays.
func (c *Conn) fail(err error) {
	c.end.Do(func() {
		c.out.stop(err)
		c.nc.Close()
	})
}
