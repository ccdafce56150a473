package servertest

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

// attach connects a component (XEP-0114) that says what it hears until the
// test ends.
func attach(t *testing.T, s *xmppserver.Server) {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", s.ComponentAddr)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='%s'>", s.Component)
	in := xml.NewDecoder(conn)
	start := func() xml.StartElement {
		for {
			token, err := in.Token()
			if err != nil {
				return xml.StartElement{}
			}
			if e, ok := token.(xml.StartElement); ok {
				return e
			}
		}
	}
	var id string
	for _, a := range start().Attr {
		if a.Name.Local == "id" {
			id = a.Value
		}
	}
	sum := sha1.Sum([]byte(id + s.Secret))
	fmt.Fprintf(conn, "<handshake>%s</handshake>", hex.EncodeToString(sum[:]))
	if e := start(); e.Name.Local != "handshake" {
		conn.Close()
		t.Fatalf("handshake: got %v", e.Name)
	}
	in.Skip()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			e := start()
			if e.Name.Local == "" {
				return
			}
			stanza := xmppclient.Stanza{Element: &xmppclient.Element{}}
			if in.DecodeElement(stanza.Element, &e) != nil {
				return
			}
			if stanza.Body() != "" {
				fmt.Fprintf(conn, "<message from='%s' to='%s' type='chat'><body>you said %s</body></message>",
					xmppclient.Escape(stanza.To()), xmppclient.Escape(stanza.From()), xmppclient.Escape(stanza.Body()))
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
}
