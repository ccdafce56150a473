package xmppclient

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"time"
)

// stream is a client-to-server XML stream (RFC 6120 section 4).
type stream struct {
	net.Conn
	domain string
	in     *xml.Decoder
}

// open connects and reads what the server offers first.
func open(ctx context.Context, addr, domain string) (*stream, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &stream{Conn: conn, domain: domain}
	if err := s.bounded(ctx, s.restart); err != nil {
		conn.Close()
		return nil, err
	}
	return s, nil
}

// bounded runs a part of the login and breaks it off when ctx ends.
func (s *stream) bounded(ctx context.Context, part func() error) error {
	stop := context.AfterFunc(ctx, func() { s.SetDeadline(time.Unix(1, 0)) })
	err := part()
	if !stop() && err != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return err
}

// restart begins a new stream and skips its features.
func (s *stream) restart() error {
	_, err := fmt.Fprintf(s, "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>", Escape(s.domain))
	if err != nil {
		return err
	}
	s.in = xml.NewDecoder(s)
	for {
		token, err := s.in.Token()
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "stream" {
			break
		}
	}
	_, err = s.expect("features")
	return err
}

// next reads one element below the stream.
func (s *stream) next() (*Element, error) {
	for {
		token, err := s.in.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			var e Element
			err := s.in.DecodeElement(&e, &t)
			return &e, err
		case xml.EndElement:
			return nil, errEnd
		}
	}
}

// errEnd means that the server closed the stream in good order.
var errEnd = errors.New("the server closed the stream")

// expect reads one element and wants it to have the name.
func (s *stream) expect(name string) (*Element, error) {
	e, err := s.next()
	if err != nil {
		return nil, err
	}
	if e.XMLName.Local != name {
		return e, fmt.Errorf("got %s, want <%s/>", e, name)
	}
	return e, nil
}

// login authenticates (RFC 4616) and binds a resource (RFC 6120 section 7).
func (s *stream) login(ctx context.Context, user, password, resource string) (full string, err error) {
	err = s.bounded(ctx, func() error {
		secret := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
		if _, err := fmt.Fprintf(s, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", secret); err != nil {
			return err
		}
		if _, err := s.expect("success"); err != nil {
			return err
		}
		if err := s.restart(); err != nil {
			return err
		}
		if resource != "" {
			resource = "<resource>" + Escape(resource) + "</resource>"
		}
		if _, err := fmt.Fprintf(s, "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>%s</bind></iq>", resource); err != nil {
			return err
		}
		answer, err := s.expect("iq")
		if err != nil {
			return err
		}
		if bind := answer.Child("bind"); bind != nil {
			full = bind.ChildText("jid")
		}
		if full == "" {
			return fmt.Errorf("bind: %s", answer)
		}
		return nil
	})
	return full, err
}
