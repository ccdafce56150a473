package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// deferring is how a server reads XML since CVE-2023-52425: expat looks again at
// what began and did not end only when there is twice as much of it.
type deferring struct {
	rest  []byte // of what was fed, not handed out yet
	tried int    // how much of rest was looked at in vain
}

func (d *deferring) feed(piece []byte) {
	d.rest = append(d.rest, piece...)
	if len(d.rest) < 2*d.tried {
		return
	}
	before := len(d.rest)
	for len(d.rest) > 0 {
		n := tokenLen(d.rest)
		if n == 0 {
			break
		}
		d.rest = d.rest[n:]
	}
	if d.tried = 0; len(d.rest) == before {
		d.tried = before
	}
}

// tokenLen is the length of the tag, the reference or the text that b begins
// with, 0 if its end is to come. Text is handed out as far as it came.
func tokenLen(b []byte) int {
	switch b[0] {
	case '&':
		return bytes.IndexByte(b, ';') + 1
	case '<':
		var quote byte
		for i, c := range b {
			switch {
			case quote != 0 && c == quote:
				quote = 0
			case quote == 0 && (c == '\'' || c == '"'):
				quote = c
			case quote == 0 && c == '>':
				return i + 1
			}
		}
		return 0
	}
	if n := bytes.IndexAny(b, "<&"); n >= 0 {
		return n
	}
	return len(b)
}

// tape is a network connection that keeps what it is given.
type tape struct {
	*fixed
	mu  sync.Mutex
	all []byte
}

func (r *tape) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, p...)
	return len(p), nil
}

// record is a connection to a tape, and what is on it by now.
func record(t testing.TB) (c *wire.Conn, all func() string) {
	t.Helper()
	r := &tape{fixed: newFixed(1, "")}
	c = wire.New(r, quiet())
	t.Cleanup(func() { c.Close() })
	return c, func() string {
		t.Helper()
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		return string(r.all)
	}
}

// written returns what a connection writes of the pieces.
func written(t testing.TB, pieces ...string) string {
	t.Helper()
	c, all := record(t)
	defer c.Close()
	for _, p := range pieces {
		if _, err := io.WriteString(c, p); err != nil && !errors.Is(err, wire.ErrTag) {
			t.Fatal(err)
		}
	}
	return all()
}

// waits cuts b into pieces and returns what a server has not handed out when it
// has read them all.
func waits(b string, cut *rand.Rand) string {
	var server deferring
	for len(b) > 0 {
		n := 1 + cut.IntN(len(b))
		if cut.IntN(3) == 0 {
			n = min(len(b), 1+cut.IntN(20))
		}
		server.feed([]byte(b[:n]))
		b = b[n:]
	}
	return string(server.rest)
}

func TestNothingWaitsInTheServersParser(t *testing.T) {
	cut := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name    string
		stanzas func(size string) string
	}{
		{"empty stanza", func(s string) string { return "<iq type='result' id='" + s + "'/>" }},
		{"empty child", func(s string) string { return "<iq id='1'><q node='" + s + "'/></iq>" }},
		{"two", func(s string) string { return "<iq id='" + s + "'/><message id='" + s + "'><body>a</body></message>" }},
		{"text", func(s string) string { return "<message><body>" + s + "</body></message>" }},
		{"references", func(s string) string { return "<m><b>" + strings.Repeat("&#x10FFFF;", len(s)/10) + "</b></m>" }},
		{"name", func(s string) string { return "<a" + s + "></a" + s + ">" }},
		{"quotes", func(s string) string { return `<iq a='">' b=">'" id='` + s + `'/>` }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 10, 50, 100, 255, 500, 1000, 1900} {
				stanzas := c.stanzas(strings.Repeat("i", n))
				b := written(t, header, "<handshake>00</handshake>", stanzas)
				if got := strings.Count(b, "i"); got != strings.Count(header+"<handshake>"+"</handshake>"+stanzas, "i") {
					t.Fatalf("%d bytes: not all is written: %q", n, b)
				}
				for range 200 {
					if rest := waits(b, cut); rest != "" {
						t.Fatalf("%d bytes: %d wait: %.80q", n, len(rest), rest)
					}
				}
			}
		})
	}
}

// TestAStanzaIsWrittenWhole keeps a server that has half of it from looking.
func TestAStanzaIsWrittenWhole(t *testing.T) {
	c, all := record(t)
	for _, step := range [][2]string{
		{header + "<handshake>00</handshake>", "</handshake>"},
		{"<message id='1'><body>one</body></message><iq id='2'", "</message>"},
		{"><ping", "</message>"},
		{"/></iq>", "<iq id='2'><ping/></iq>"},
	} {
		write(t, c, step[0])
		if got := strings.TrimRight(all(), " "); !strings.HasSuffix(got, step[1]) {
			t.Errorf("after %q written is %q", step[0], got)
		}
	}
}

func TestATagTooLongIsNotWritten(t *testing.T) {
	long := strings.Repeat("i", 2<<10)
	b := written(t, header, "<handshake>00</handshake>", "<iq id='before'/>",
		"<iq id='"+long+"'/>", "<iq id='a'><q node='"+long+"'/></iq>", "<iq id='pieces'><q node='"+long[:1500], long+"'/></iq>",
		"<message id='after'><body>"+long+"</body></message>")
	if got := strings.Count(b, "<iq"); got != 1 || !strings.Contains(b, "before") || !strings.Contains(b, "after") {
		t.Errorf("written is %q", b)
	}
	c := wire.New(newFixed(1, ""), quiet())
	defer c.Close()
	write(t, c, header+"<handshake>00</handshake>")
	if _, err := io.WriteString(c, "<iq id='"+long+"'/>"); !errors.Is(err, wire.ErrTag) {
		t.Errorf("got %v", err)
	}
	write(t, c, "<iq/>")
	if s := c.Stats(); s.Unsafe != 1 || s.StanzasOut != 1 || c.Err() != nil {
		t.Errorf("got %+v, %v", s, c.Err())
	}
}

func TestNothingFollowsTheEndOfTheStream(t *testing.T) {
	c := wire.New(newFixed(1, ""), quiet())
	defer c.Close()
	write(t, c, header+"<handshake>00</handshake></stream:stream>")
	if _, err := io.WriteString(c, "<iq/>"); !errors.Is(err, wire.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Error(err)
	}
}

// FuzzNothingWaits is TestNothingWaitsInTheServersParser with any names, values
// and text, cut in any way.
func FuzzNothingWaits(f *testing.F) {
	f.Add("iq", "id", "text", uint64(1))
	f.Add("message", strings.Repeat("x", 1500), "a & b", uint64(2))
	f.Fuzz(func(t *testing.T, name, value, text string, seed uint64) {
		plain := strings.NewReplacer("<", "", ">", "", "&", "&amp;", "'", "&apos;", `"`, "&quot;", "/", "", "!", "", "?", "", " ", "")
		name, value, text = plain.Replace(name), plain.Replace(value), plain.Replace(text)
		name = "n" + strings.NewReplacer("&", "", ";", "").Replace(name)
		stanza := fmt.Sprintf("<%s a='%s'><b c='%[2]s'/>%[3]s</%[1]s>", name, value, text)
		b := written(t, header, "<handshake>00</handshake>", stanza, "<iq id='"+value+"'/>")
		if rest := waits(b, rand.New(rand.NewPCG(seed, 0))); rest != "" {
			t.Fatalf("%.80q waits of %q", rest, b)
		}
	})
}
