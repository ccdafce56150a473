package wire_test

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component/wire"
	"github.com/bitcoim/bitcoim/internal/xep0114"
	"mellium.im/xmlstream"
)

// chat is a chat message as a client sends it, of 330 bytes.
var chat = func() string {
	const s = "<message from='alice@localhost/phone' to='bob@bitcoin.localhost' type='chat' id='%s'><body>pay 0.01 &amp; thanks %s</body>" +
		"<active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>" +
		"<origin-id xmlns='urn:xmpp:sid:0' id='%[1]s'/></message>"
	id := "0123456789abcdef"
	return fmt.Sprintf(s, id, strings.Repeat("x", 330-len(fmt.Sprintf(s, id, ""))))
}()

// endless is a network connection that brings chat for ever.
type endless struct {
	*fixed
	at int
}

func newEndless() *endless {
	return &endless{fixed: newFixed(1<<20, header+"<handshake/>")}
}

var chats = []byte(strings.Repeat(chat, 64<<10/len(chat)))

func (e *endless) Read(p []byte) (int, error) {
	if len(e.bytes) > 0 {
		return e.fixed.Read(p)
	}
	n := copy(p, chats[e.at:])
	e.at = (e.at + n) % len(chats)
	return n, nil
}

// take reads n stanzas from r the way a session does.
func take(b *testing.B, r io.Reader, n int) {
	buf := make([]byte, 4096)
	for left := n * len(chat); left > 0; {
		m, err := r.Read(buf)
		if err != nil {
			b.Fatal(err)
		}
		left -= m
	}
}

// BenchmarkWire is what one chat message of 330 bytes costs on its way in and
// out, beside the same without a guard.
func BenchmarkWire(b *testing.B) {
	for _, bench := range []struct {
		name string
		open func(net.Conn) io.Reader
	}{
		{"in/guarded", func(nc net.Conn) io.Reader {
			c := wire.New(nc, quiet())
			b.Cleanup(func() { c.Close() })
			return c
		}},
		{"in/plain", func(nc net.Conn) io.Reader { return bufio.NewReaderSize(nc, 64<<10) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r := bench.open(newEndless())
			b.SetBytes(int64(len(chat)))
			b.ReportAllocs()
			b.ResetTimer()
			take(b, r, b.N)
		})
	}
	b.Run("out/guarded", func(b *testing.B) {
		c := wire.New(newEndless(), quiet())
		defer c.Close()
		io.WriteString(c, header+"<handshake/>")
		p := []byte(chat)
		b.SetBytes(int64(len(chat)))
		b.ReportAllocs()
		b.ResetTimer()
		for b.Loop() {
			if _, err := c.Write(p); err != nil {
				b.Fatal(err)
			}
			if c.Pending() > 1<<20 {
				c.Flush(b.Context())
			}
		}
	})
	b.Run("pipe/guarded", func(b *testing.B) { benchPipe(b, true) })
	b.Run("pipe/plain", func(b *testing.B) { benchPipe(b, false) })
}

// benchPipe copies over a net.Pipe.
func benchPipe(b *testing.B, guarded bool) {
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		io.Copy(far, struct{ io.Reader }{newEndless()})
	}()
	var r io.Reader = bufio.NewReaderSize(near, 64<<10)
	if guarded {
		c := wire.New(near, quiet())
		defer c.Close()
		r = c
	} else {
		defer near.Close()
	}
	b.SetBytes(int64(len(chat)))
	b.ReportAllocs()
	b.ResetTimer()
	take(b, r, b.N)
}

// BenchmarkSession is a round trip through a session over loopback TCP, with
// the guard and without: the server sends a chat message, the handler reads it
// and answers with one.
func BenchmarkSession(b *testing.B) {
	for _, name := range []string{"guarded", "plain"} {
		b.Run(name, func(b *testing.B) {
			answers := make(chan struct{}, 1024)
			server, err := xep0114.Listen(domain, "secret", func([]byte) { answers <- struct{}{} })
			if err != nil {
				b.Fatal(err)
			}
			defer server.Close()
			nc, err := net.Dial("tcp", server.Addr())
			if err != nil {
				b.Fatal(err)
			}
			var rw io.ReadWriteCloser = nc
			if name == "guarded" {
				rw = wire.New(nc, quiet())
			}
			served := serve(b, rw, echo)
			defer func() { rw.Close(); <-served }()
			window := make(chan struct{}, 512)
			b.SetBytes(int64(len(chat)))
			b.ReportAllocs()
			b.ResetTimer()
			start := time.Now()
			go func() {
				for range b.N {
					window <- struct{}{}
					if server.Send([]byte(chat)) != nil {
						return
					}
				}
			}()
			for range b.N {
				<-answers
				<-window
			}
			b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "roundtrips/s")
		})
	}
}

// echo reads a stanza whole and answers with a message.
func echo(t xmlstream.TokenReadEncoder, start *xml.StartElement) error {
	for {
		if _, err := t.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	reply := xml.StartElement{Name: xml.Name{Local: "message"}, Attr: []xml.Attr{
		{Name: xml.Name{Local: "to"}, Value: start.Attr[0].Value}, {Name: xml.Name{Local: "from"}, Value: start.Attr[1].Value},
		{Name: xml.Name{Local: "id"}, Value: "1"}, {Name: xml.Name{Local: "type"}, Value: "chat"},
	}}
	body := xml.StartElement{Name: xml.Name{Local: "body"}}
	for _, token := range []xml.Token{reply, body, xml.CharData(strings.Repeat("y", 200)), body.End(), reply.End()} {
		if err := t.EncodeToken(token); err != nil {
			return err
		}
	}
	return nil
}
