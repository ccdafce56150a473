// Package xep0114 is the server's side of the component protocol (XEP-0114)
// on loopback, for tests and benchmarks. It checks the handshake, and then
// sends what it is told to and hands out what it gets. It does not route,
// rewrite or judge.
package xep0114

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// ErrNobody is returned when no component is connected.
var ErrNobody = errors.New("xep0114: no component")

// Server serves one component, the newest to connect.
type Server struct {
	Domain, Secret string

	listener net.Listener
	each     func([]byte)
	got      chan []byte
	quit     chan struct{}
	running  sync.WaitGroup
	hold     sync.Mutex // held while nothing is to be read

	mu    sync.Mutex
	conn  net.Conn      // nil until a component has shaken hands
	ready chan struct{} // closed when conn is not nil
}

// Listen starts a server on a free port of 127.0.0.1. Each stanza of the
// component is given to each, which must not keep it; without each, it goes
// to Recv.
func Listen(domain, secret string, each func(stanza []byte)) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		Domain: domain, Secret: secret, listener: l, each: each,
		got: make(chan []byte, 1024), quit: make(chan struct{}), ready: make(chan struct{}),
	}
	if each == nil {
		s.each = s.keep
	}
	s.running.Go(s.accept)
	return s, nil
}

// Addr is where components connect to.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Recv gives the stanzas of the component. Who does not take them makes the
// server stop reading.
func (s *Server) Recv() <-chan []byte { return s.got }

func (s *Server) keep(stanza []byte) {
	select {
	case s.got <- bytes.Clone(stanza):
	case <-s.quit:
	}
}

// Ready waits until a component has shaken hands.
func (s *Server) Ready(ctx context.Context) error {
	s.mu.Lock()
	ready := s.ready
	s.mu.Unlock()
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Send writes raw to the component as it is. It waits for as long as the
// component does not read.
func (s *Server) Send(raw []byte) error {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if conn == nil {
		return ErrNobody
	}
	_, err := conn.Write(raw)
	return err
}

// Hold makes the server stop reading until release is called.
func (s *Server) Hold() (release func()) {
	s.hold.Lock()
	return sync.OnceFunc(s.hold.Unlock)
}

// Drop closes the component's connection, after a stream error of the given
// condition (RFC 6120 §4.9.3) if there is one.
func (s *Server) Drop(condition string) error {
	if condition != "" {
		err := s.Send(fmt.Appendf(nil, "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>", condition))
		if err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return ErrNobody
	}
	return s.conn.Close()
}

// Close stops the server and waits for it. A server on hold must be released
// first.
func (s *Server) Close() error {
	close(s.quit)
	err := s.listener.Close()
	s.mu.Lock()
	if s.conn != nil {
		s.conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
	return err
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.running.Go(func() { s.serve(conn) })
	}
}

func (s *Server) serve(conn net.Conn) {
	stop := make(chan struct{})
	defer close(stop)
	s.running.Go(func() {
		select {
		case <-s.quit:
		case <-stop:
		}
		conn.Close()
	})
	rest, err := s.shake(conn)
	if err != nil {
		return
	}
	s.take(conn)
	s.read(io.MultiReader(bytes.NewReader(rest), conn))
	s.mu.Lock()
	if s.conn == conn {
		s.conn, s.ready = nil, make(chan struct{})
	}
	s.mu.Unlock()
}

// shake does the handshake (XEP-0114 §3) but for its last word. It returns
// what was read beyond it.
func (s *Server) shake(conn net.Conn) (rest []byte, err error) {
	var ahead bytes.Buffer
	d := xml.NewDecoder(io.TeeReader(conn, &ahead))
	if _, err := next(d, "stream"); err != nil {
		return nil, err
	}
	id := rand.Text()
	_, err = fmt.Fprintf(conn, "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "+
		"xmlns='jabber:component:accept' xml:lang='en' from='%s' id='%s'>", s.Domain, id)
	if err != nil {
		return nil, err
	}
	start, err := next(d, "handshake")
	if err != nil {
		return nil, err
	}
	var proof string
	if err := d.DecodeElement(&proof, start); err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(id + s.Secret))
	if proof != hex.EncodeToString(sum[:]) {
		io.WriteString(conn, "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
		return nil, errors.New("xep0114: wrong secret")
	}
	return ahead.Bytes()[d.InputOffset():], nil
}

// take makes conn the component's connection. From then on there is somebody
// to send to, and the first it gets is the end of the handshake.
func (s *Server) take(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
	} else {
		close(s.ready)
	}
	s.conn = conn
	io.WriteString(conn, "<handshake/>")
}

func next(d *xml.Decoder, local string) (*xml.StartElement, error) {
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		if start, ok := t.(xml.StartElement); ok {
			if start.Name.Local != local {
				return nil, fmt.Errorf("xep0114: %s where %s should be", start.Name.Local, local)
			}
			return &start, nil
		}
	}
}

// read hands out stanzas until the component is gone.
func (s *Server) read(r io.Reader) {
	buf := make([]byte, 64<<10)
	start, end := 0, 0
	var c cutter
	for {
		n, err := r.Read(buf[end:])
		s.hold.Lock() // what comes now waits for the release
		s.hold.Unlock()
		for pos := end; pos < end+n; {
			m, whole := c.cut(buf[pos : end+n])
			pos += m
			if !whole {
				continue
			}
			stanza := bytes.TrimSpace(buf[start:pos])
			start = pos
			if bytes.HasPrefix(stanza, []byte("</")) {
				s.Send([]byte("</stream:stream>"))
				return
			}
			s.each(stanza)
		}
		end += n
		if err != nil {
			return
		}
		if start == end {
			start, end = 0, 0
		}
		if len(buf)-end < 4<<10 {
			buf = append(make([]byte, 0, 2*(end-start)+64<<10), buf[start:end]...)
			start, end = 0, len(buf)
			buf = buf[:cap(buf)]
		}
	}
}
