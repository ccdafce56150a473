package e2e_test

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// rawComponent is a component that says what it is told to (XEP-0114).
type rawComponent struct {
	conn net.Conn
	in   *xml.Decoder
	ids  int
	ends chan struct{} // closed when the server has closed the stream
	got  chan xmppclient.Stanza
}

// attach connects a component until the test ends.
func attach(t *testing.T, addr, domain, secret string) *rawComponent {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c := &rawComponent{conn: conn, in: xml.NewDecoder(conn), ends: make(chan struct{}), got: make(chan xmppclient.Stanza, 1024)}
	c.send(t, fmt.Sprintf("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='%s'>", domain))
	var id string
	for _, a := range c.start().Attr {
		if a.Name.Local == "id" {
			id = a.Value
		}
	}
	sum := sha1.Sum([]byte(id + secret))
	c.send(t, "<handshake>"+hex.EncodeToString(sum[:])+"</handshake>")
	if e := c.start(); e.Name.Local != "handshake" {
		conn.Close()
		t.Fatalf("handshake of %s: got %v", domain, e.Name)
	}
	_ = c.in.Skip()
	go c.read()
	t.Cleanup(func() { conn.Close(); <-c.ends })
	return c
}

// start is the next start tag, without a name at the end of the stream.
func (c *rawComponent) start() xml.StartElement {
	for {
		token, err := c.in.Token()
		if err != nil {
			return xml.StartElement{}
		}
		if e, ok := token.(xml.StartElement); ok {
			return e
		}
	}
}

func (c *rawComponent) read() {
	defer close(c.ends)
	for {
		e := c.start()
		if e.Name.Local == "" {
			return
		}
		s := xmppclient.Stanza{Element: &xmppclient.Element{}}
		if c.in.DecodeElement(s.Element, &e) != nil {
			return
		}
		select {
		case c.got <- s:
		default: // nobody listens
		}
	}
}

func (c *rawComponent) send(t *testing.T, xml string) {
	t.Helper()
	_ = c.conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := c.conn.Write([]byte(xml)); err != nil {
		t.Fatal(err)
	}
}

// says sends a line and returns what was said to the sender until a ping that
// came after it was answered: the gateway answers one user in order.
func (c *rawComponent) says(t *testing.T, from, to, line string) (bodies []string) {
	t.Helper()
	c.ids++
	c.send(t, fmt.Sprintf("<message from='%s' to='%s' type='chat' id='say-%d'><body>%s</body></message>", from, to, c.ids, xmppclient.Escape(line)))
	_, others := c.iq(t, from, to, "get", "<ping xmlns='urn:xmpp:ping'/>")
	for _, s := range others {
		if s.Kind() == "message" {
			bodies = append(bodies, plain(s.Body()))
		}
	}
	return bodies
}

// asks sends an iq and returns the type of its answer.
func (c *rawComponent) asks(t *testing.T, from, to, kind, payload string) string {
	t.Helper()
	answer, _ := c.iq(t, from, to, kind, payload)
	return answer.Type()
}

func (c *rawComponent) iq(t *testing.T, from, to, kind, payload string) (answer xmppclient.Stanza, others []xmppclient.Stanza) {
	t.Helper()
	c.ids++
	id := fmt.Sprintf("ask-%d", c.ids)
	c.send(t, fmt.Sprintf("<iq from='%s' to='%s' type='%s' id='%s'>%s</iq>", from, to, kind, id, payload))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		select {
		case s := <-c.got:
			if s.Kind() == "iq" && s.ID() == id {
				return s, others
			}
			others = append(others, s)
		case <-c.ends:
			t.Fatalf("the server closed the stream of %s", from)
		case <-ctx.Done():
			t.Fatalf("%s: no answer to %s", from, payload)
		}
	}
}
