package xep0114

import (
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
)

// accept serves whoever connects.
func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.running.Go(func() { s.serve(conn) })
	}
}

// serve is the life of one connection.
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

// next returns the next start tag, which must have this name.
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

// released waits while the server is on hold.
func (s *Server) released() {
	s.hold.Lock()
	defer s.hold.Unlock()
}

// lastPing is in the ping that a component sends to itself before it leaves. It
// is brought back, as a real server does; tests see it only after ShowLastPing.
var lastPing = []byte(`id="leave-`)

// read hands out stanzas until the component is gone.
func (s *Server) read(r io.Reader) {
	buf := make([]byte, 64<<10)
	start, end := 0, 0
	var c cutter
	for {
		n, err := r.Read(buf[end:])
		s.released()
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
			if bytes.Contains(stanza, lastPing) && !s.showPing.Load() {
				s.Send(stanza)
				continue
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
