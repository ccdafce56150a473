package wire_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/component/wire"
	"github.com/bitcoim/bitcoim/internal/xep0114"
	"mellium.im/xmlstream"
	"mellium.im/xmpp"
	"mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"
)

// FuzzGuard holds the guard to its word: whatever the server sends, what
// passes is a sequence of stanzas that encoding/xml and a session accept, and
// it is the same whatever the pieces it came in.
func FuzzGuard(f *testing.F) {
	for _, s := range xep0114.Hostile {
		if len(s.XML) < 2000 {
			f.Add(uint8(0), s.From(alice, domain, "1")+ping("2"))
		}
	}
	for i, text := range []string{
		"", " ", "<", "</", "</stream:stream>", "<!", "<?", "<message", "<message a='", "<message/>&<message/>", "<error xmlns='http://etherx.jabber.org/streams'/>",
		"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
		"<message><a></message></a><message/>", "<message></iq><iq/>", "<message/></message><message/>",
		"<message xmlns='jabber:client' type='get' from='€@'/>", "<iq xmlns='jabber:server' type='get' from='€@'/>",
		"<c:iq xmlns:c='jabber:component:accept' c:id='1'/>", "<stream:iq/>", "<xml:iq/>", "<iq><xmlns/></iq>",
		"<message><![CDATA[]]]]><![CDATA[>]]></message>", "<message>\r\r\n&#13;</message>",
	} {
		f.Add(uint8(i), text)
	}
	f.Fuzz(func(t *testing.T, size uint8, text string) {
		o := small()
		if size >= 128 {
			o = quiet()
		}
		whole, _, err := through(t, o, 1<<20, text)
		if pieces, _, again := through(t, o, int(size)+1, text); pieces != whole || again.Error() != err.Error() {
			t.Fatalf("whole: %q, %v; in pieces: %q, %v", whole, err, pieces, again)
		}
		want, ended := tokens(t, o.Limits, whole)
		got, err := heard(t, o, text)
		if ended {
			return // how a session takes that is its own affair
		}
		if !errors.Is(err, wire.ErrEnded) {
			t.Fatalf("the session ended with %v", err)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("the session heard %q, want %q", got, want)
		}
	})
}

// tokens returns the names of the stanzas that encoding/xml finds in what
// passed, and whether the server ended the stream.
func tokens(t *testing.T, l wire.Limits, passed string) (stanzas []string, ended bool) {
	if l == (wire.Limits{}) {
		l = wire.Limits{StanzaBytes: 256 << 10, Depth: 64, Attrs: 64, AttrBytes: 8 << 10}
	}
	const streams = "http://etherx.jabber.org/streams"
	d := xml.NewDecoder(strings.NewReader(header + passed))
	depth, start := 0, int64(0)
	for {
		at := d.InputOffset()
		token, err := d.Token()
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" && depth == 1 {
			return stanzas, false // the stream is still open
		}
		if err != nil {
			t.Fatalf("%v in %q", err, passed)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case depth == 1:
			case token.Name == xml.Name{Space: streams, Local: "error"} && depth == 2:
				return stanzas, true
			case token.Name.Space == streams:
				t.Fatalf("%v in %q", token.Name, passed)
			case depth == 2:
				start = at
				stanzas = append(stanzas, token.Name.Local)
				if token.Name.Space != wire.NSAccept {
					t.Fatalf("%v in %q", token.Name, passed)
				}
			}
			// A refusal has one level, whatever the limit.
			if depth-1 > max(l.Depth, 2) || len(token.Attr) > max(l.Attrs, 5) {
				t.Fatalf("depth %d, %d attributes in %q", depth-1, len(token.Attr), passed)
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				return stanzas, true
			}
			if size := d.InputOffset() - start; depth == 1 && size > int64(l.StanzaBytes)+200 {
				t.Fatalf("a stanza of %d bytes in %q", size, passed)
			}
		case xml.CharData:
			if depth == 1 {
				t.Fatalf("text %q in %q", token, passed)
			}
		default:
			t.Fatalf("%T in %q", token, passed)
		}
	}
}

// heard returns the names of the stanzas that a session's handler is given,
// and why the session ended.
func heard(t *testing.T, o wire.Options, text string) (stanzas []string, err error) {
	c := wire.New(newFixed(1<<20, header+"<handshake/>"+text), o)
	defer c.Close()
	s, err := component.NewSession(t.Context(), jid.MustParse(domain), nil, c)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Serve(xmpp.HandlerFunc(func(_ xmlstream.TokenReadEncoder, start *xml.StartElement) error {
		stanzas = append(stanzas, start.Name.Local)
		return nil
	}))
	return stanzas, err
}

// FuzzStream is FuzzGuard from the first byte on: what passes begins with a
// stream header, or nothing passes.
func FuzzStream(f *testing.F) {
	f.Add("<?xml version='1.0'?>" + header + "<handshake/><message/></stream:stream>")
	f.Add("<?xml version='1.0' encoding='UTF-16'?>\n" + header + "\n<stream:error/>")
	f.Add("<s xmlns='http://etherx.jabber.org/streams'><s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'><a><s:b/></a>")
	f.Fuzz(func(t *testing.T, text string) {
		c := wire.New(newFixed(1<<20, text), quiet())
		defer c.Close()
		passed, err := io.ReadAll(c)
		if !errors.Is(err, wire.ErrEnded) && !errors.Is(err, wire.ErrNotStream) {
			t.Fatalf("got %v", err)
		}
		d := xml.NewDecoder(bytes.NewReader(passed))
		for first := true; ; first = false {
			token, err := d.Token()
			var syntax *xml.SyntaxError
			if errors.Is(err, io.EOF) || errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" && d.InputOffset() == int64(len(passed)) {
				return
			}
			if err != nil {
				t.Fatalf("%v in %q", err, passed)
			}
			start, ok := token.(xml.StartElement)
			if first && (!ok || start.Name != xml.Name{Space: "http://etherx.jabber.org/streams", Local: "stream"}) {
				t.Fatalf("%q begins with %v", passed, token)
			}
		}
	})
}
