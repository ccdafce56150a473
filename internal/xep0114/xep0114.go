// Package xep0114 is the server's side of the component protocol (XEP-0114)
// on loopback, for tests and benchmarks. It checks the handshake, and then
// sends what it is told to and hands out what it gets. It does not route,
// rewrite or judge.
package xep0114

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
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
	showPing atomic.Bool

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

// ShowLastPing hands out the ping that a component sends to itself before it
// leaves, and leaves it to the test to bring it back.
func (s *Server) ShowLastPing() { s.showPing.Store(true) }

// Drop closes the component's connection, after a stream error of the given
// condition (RFC 6120 §4.9.3) if there is one. A component that leaves as soon
// as it reads the error may be gone before the server closes: that is no error.
func (s *Server) Drop(condition string) error {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if conn == nil {
		return ErrNobody
	}
	if condition != "" {
		_, err := fmt.Fprintf(conn, "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>", condition)
		if err != nil {
			return err
		}
	}
	if err := conn.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
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
