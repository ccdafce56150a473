package wire_test

import (
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component/wire"
	"github.com/bitcoim/bitcoim/internal/xep0114"
	"go.uber.org/goleak"
	"mellium.im/xmlstream"
	"mellium.im/xmpp"
	"mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	domain = "bitcoin.localhost"
	alice  = "alice@localhost/phone"
)

// quiet are the options of most tests.
func quiet() wire.Options {
	return wire.Options{Log: slog.New(slog.DiscardHandler)}
}

// rig is a server, a connection, and a session that answers on it.
type rig struct {
	server *xep0114.Server
	conn   *wire.Conn
	served chan error // what Serve returned
}

// setup connects a session. Without a handler it is answer's.
func setup(t testing.TB, o wire.Options, h xmpp.HandlerFunc) *rig {
	t.Helper()
	server, err := xep0114.Listen(domain, "secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	conn, err := wire.Dial(t.Context(), "tcp", server.Addr(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if h == nil {
		h = answer
	}
	return &rig{server, conn, serve(t, conn, h)}
}

// serve runs a session on rw until the test ends.
func serve(t testing.TB, rw io.ReadWriter, h xmpp.HandlerFunc) chan error {
	t.Helper()
	session, err := component.NewSession(t.Context(), jid.MustParse(domain), []byte("secret"), rw)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		served <- session.Serve(h)
	}()
	t.Cleanup(func() {
		if c, ok := rw.(io.Closer); ok {
			c.Close()
		}
		<-done
	})
	return served
}

// answer is what a component does at the least: it reads a stanza whole, and
// answers every request with a result, or an error if it was refused.
func answer(t xmlstream.TokenReadEncoder, start *xml.StartElement) error {
	kind, child := "result", ""
	for {
		token, err := t.Token()
		if first, ok := token.(xml.StartElement); ok && child == "" {
			child = first.Name.Local[:min(100, len(first.Name.Local))]
			if reason, refused := wire.Refused(first); refused {
				kind, child = "error", reason
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	var id, to, from string
	for _, a := range start.Attr {
		switch a.Name {
		case xml.Name{Local: "type"}:
			if a.Value == "result" || a.Value == "error" {
				return nil
			}
		case xml.Name{Local: "id"}:
			id = a.Value
		case xml.Name{Local: "from"}:
			to = a.Value
		case xml.Name{Local: "to"}:
			from = a.Value
		}
	}
	reply := xml.StartElement{Name: xml.Name{Local: start.Name.Local}, Attr: []xml.Attr{
		{Name: xml.Name{Local: "type"}, Value: kind}, {Name: xml.Name{Local: "id"}, Value: id},
		{Name: xml.Name{Local: "from"}, Value: from}, {Name: xml.Name{Local: "to"}, Value: to},
	}}
	inner := xml.StartElement{Name: xml.Name{Local: "was"}, Attr: []xml.Attr{{Name: xml.Name{Local: "child"}, Value: child}}}
	for _, token := range []xml.Token{reply, inner, inner.End(), reply.End()} {
		if err := t.EncodeToken(token); err != nil {
			return err
		}
	}
	return nil
}

// reply is what answer wrote.
type reply struct {
	XMLName xml.Name
	Type    string `xml:"type,attr"`
	ID      string `xml:"id,attr"`
	To      string `xml:"to,attr"`
	Was     struct {
		Child string `xml:"child,attr"`
	} `xml:"was"`
}

// until returns the replies up to the one with the given id.
func (r *rig) until(t testing.TB, id string) (all []reply) {
	t.Helper()
	for {
		var got reply
		select {
		case raw := <-r.server.Recv():
			if err := xml.Unmarshal(raw, &got); err != nil {
				t.Fatalf("component wrote %q: %v", raw, err)
			}
		case err := <-r.served:
			t.Fatalf("the session ended: %v", err)
		case <-time.After(20 * time.Second):
			t.Fatalf("no answer to %s", id)
		}
		all = append(all, got)
		if got.ID == id {
			return all
		}
	}
}

func (r *rig) send(t testing.TB, raw string) {
	t.Helper()
	if err := r.server.Send([]byte(raw)); err != nil {
		t.Fatal(err)
	}
}

func ping(id string) string {
	return "<iq type='get' from='" + alice + "' to='" + domain + "' id='" + id + "'><ping xmlns='urn:xmpp:ping'/></iq>"
}

// fixed is a network connection that has been sent some bytes already, in
// pieces of a given size, and never takes any.
type fixed struct {
	net.Conn // nil: what is not here is not used
	bytes    []byte
	piece    int
	closed   chan struct{}
}

func newFixed(piece int, text string) *fixed {
	return &fixed{bytes: []byte(text), piece: piece, closed: make(chan struct{})}
}

func (f *fixed) Read(p []byte) (int, error) {
	if len(f.bytes) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(f.piece, len(p))], f.bytes)
	f.bytes = f.bytes[n:]
	return n, nil
}

func (f *fixed) Write(p []byte) (int, error)      { return len(p), nil }
func (f *fixed) Close() error                     { close(f.closed); return nil }
func (f *fixed) SetReadDeadline(time.Time) error  { return nil }
func (f *fixed) SetWriteDeadline(time.Time) error { return nil }

const header = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' id='1' from='bitcoin.localhost'>"

// through returns what passes of a stream with this content, after its header
// and handshake, and the error at the end.
func through(t testing.TB, o wire.Options, piece int, content string) (string, wire.Stats, error) {
	t.Helper()
	c := wire.New(newFixed(piece, "<?xml version='1.0'?>"+header+"<handshake/>"+content), o)
	defer c.Close()
	all, err := io.ReadAll(c)
	if err == nil {
		t.Error("the stream ended without an error")
	}
	const before = header + "<handshake/>"
	if len(all) < len(before) || string(all[:len(before)]) != before {
		t.Fatalf("header became %q", all)
	}
	return string(all[len(before):]), c.Stats(), err
}
