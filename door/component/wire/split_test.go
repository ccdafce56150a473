package wire_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// peer is a server that says nothing but what it is told to, so that no later
// byte can push out what waits somewhere for a look ahead.
type peer struct {
	t    *testing.T
	nc   net.Conn
	conn *wire.Conn
	ids  chan string // of what the component wrote
}

// transports are ways to connect a component with a peer. A write to a pipe
// ends when it is read; one to the network can be seen in the counts.
var transports = map[string]func(*testing.T) (server, component net.Conn){
	"pipe": func(*testing.T) (net.Conn, net.Conn) { return net.Pipe() },
	"tcp": func(t *testing.T) (net.Conn, net.Conn) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		component, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return server, component
	},
}

// overEach runs a test with a peer over each transport.
func overEach(t *testing.T, o wire.Options, f func(*peer)) {
	for name, connect := range transports {
		t.Run(name, func(t *testing.T) {
			server, component := connect(t)
			p := &peer{t: t, nc: server, conn: wire.New(component, o), ids: make(chan string, 100)}
			read := make(chan struct{})
			t.Cleanup(func() { server.Close(); <-read })
			go func() {
				defer close(read)
				p.read()
			}()
			go func() { io.WriteString(server, "<?xml version='1.0'?>"+header+"<handshake/>") }()
			serve(t, p.conn, answer)
			f(p)
		})
	}
}

// read takes what the component writes.
func (p *peer) read() {
	d := xml.NewDecoder(p.nc)
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			if depth != 2 || e.Name.Local == "handshake" {
				break
			}
			for _, a := range e.Attr {
				if a.Name.Local == "id" {
					p.ids <- a.Value
				}
			}
		case xml.EndElement:
			depth--
		}
	}
}

// says writes pieces, each after the one before was read.
func (p *peer) says(pieces ...string) {
	p.t.Helper()
	for _, s := range pieces {
		all := p.conn.Stats().BytesIn + uint64(len(s))
		if _, err := io.WriteString(p.nc, s); err != nil {
			p.t.Fatal(err)
		}
		for p.conn.Stats().BytesIn < all {
			if err := p.conn.Err(); err != nil {
				p.t.Fatal(err)
			}
			time.Sleep(time.Microsecond)
		}
	}
}

// hears waits for answers to those requests.
func (p *peer) hears(ids []string) {
	p.t.Helper()
	for _, id := range ids {
		select {
		case got := <-p.ids:
			if got != id {
				p.t.Fatalf("answered %s, want %s", got, id)
			}
		case <-time.After(20 * time.Second):
			p.t.Fatalf("no answer to %s", id)
		}
	}
}

// What is said is answered without anything being said after it, wherever
// the network has cut it.
func TestNoAnswerWaitsForMore(t *testing.T) {
	const from = " from='" + alice + "' to='" + domain + "' id='%s'"
	request := map[string]string{
		"a message":         "<message type='chat'" + from + "><body>a &gt; b</body></message>",
		"an empty one":      "<presence" + from + "/>",
		"an empty child":    "<iq type='get'" + from + "><ping xmlns='urn:xmpp:ping'/></iq>",
		"a section":         "<message" + from + "><body><![CDATA[<a>]]></body></message>",
		"a gap before >":    "<message" + from + " ><body a=\"'/>\"></body\n></message\n>",
		"a refused one":     "<message" + from + "><a xmlns='http://etherx.jabber.org/streams'/></message>",
		"one with entities": "<message" + from + "><body>&#x1F4B0;&amp;&quot;</body></message>",
	}
	names := make([]string, 0, len(request))
	for name := range request {
		names = append(names, name)
	}
	slices.Sort(names)
	overEach(t, quiet(), func(p *peer) {
		rounds := 0
		for i, name := range names {
			one := fmt.Sprintf(request[name], "one")
			two := fmt.Sprintf(request[names[(i+1)%len(names)]], "two")
			for what, raw := range map[string]string{"alone": one, "a pair": one + two, "a pair with a gap": one + "\n" + two} {
				want := []string{"one", "two"}[:1+strings.Count(raw, "id='two'")]
				for cut := range len(raw) {
					p.says(raw[:cut], raw[cut:])
					p.hears(want)
					rounds++
				}
				if p.t.Failed() {
					p.t.Fatalf("%s, %s", name, what)
				}
			}
		}
		p.t.Logf("%d rounds", rounds)
	})
}

// Nor does the end of a buffer keep it back: neither that of the session's
// reader (4 KiB), of one read (64 KiB), nor of the wire's.
func TestNoAnswerWaitsAtTheEndOfABuffer(t *testing.T) {
	o := quiet()
	o.Limits.StanzaBytes = 96 << 10
	frame := "<message from='" + alice + "' to='" + domain + "' id='%s'><body>%s</body></message>"
	overEach(t, o, func(p *peer) {
		for _, size := range []int{4 << 10, 8 << 10, 64 << 10, 96 << 10, 96<<10 + 64<<10} {
			for near := -3; near <= 3; near++ {
				for _, many := range []int{1, 2, 5} {
					var all strings.Builder
					var ids []string
					for i := range many {
						id := fmt.Sprint(i)
						part := (size + near) / many
						if i == 0 {
							part = size + near - part*(many-1)
						}
						all.WriteString(fmt.Sprintf(frame, id, strings.Repeat("x", part-len(fmt.Sprintf(frame, id, "")))))
						ids = append(ids, id)
					}
					p.says(all.String())
					p.hears(ids)
				}
			}
		}
	})
}
