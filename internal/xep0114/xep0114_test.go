package xep0114_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/xep0114"
	"go.uber.org/goleak"
	"mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func listen(t *testing.T) *xep0114.Server {
	t.Helper()
	s, err := xep0114.Listen("c.localhost", "secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// join connects a component.
func join(t *testing.T, s *xep0114.Server, secret string) (net.Conn, error) {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_, err = component.NewSession(t.Context(), jid.MustParse("c.localhost"), []byte(secret), conn)
	return conn, err
}

func TestHandshake(t *testing.T) {
	s := listen(t)
	if err := s.Send([]byte("<message/>")); !errors.Is(err, xep0114.ErrNobody) {
		t.Errorf("sent to nobody: %v", err)
	}
	if _, err := join(t, s, "wrong"); !errors.Is(err, stream.NotAuthorized) {
		t.Errorf("wrong secret: %v", err)
	}
	if _, err := join(t, s, "secret"); err != nil {
		t.Errorf("right secret: %v", err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStanzasComeWhole(t *testing.T) {
	s := listen(t)
	conn, err := join(t, s, "secret")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"<message/>", "<iq a='/>'><b c=\"'>\"/></iq>", "<presence><a><b>/&gt;</b></a></presence>", "<message>" + strings.Repeat("x", 300<<10) + "</message>"}
	sent := make(chan error, 1)
	go func() {
		for _, b := range []byte(want[0] + want[1] + want[2]) {
			if _, err := conn.Write([]byte{b}); err != nil {
				sent <- err
			}
		}
		_, err := io.WriteString(conn, " \n"+want[3]+"</stream:stream>")
		sent <- err
	}()
	for _, want := range want {
		if got := string(<-s.Recv()); got != want {
			t.Errorf("got %.100q, want %.100q", got, want)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if end, err := io.ReadAll(conn); string(end) != "</stream:stream>" || err != nil {
		t.Errorf("got %q, %v at the end", end, err)
	}
}

func TestNewestComponentStays(t *testing.T) {
	s := listen(t)
	first, err := join(t, s, "secret")
	if err != nil {
		t.Fatal(err)
	}
	second, err := join(t, s, "secret")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(first); err != nil {
		t.Error(err)
	}
	if err := s.Send([]byte("<message/>")); err != nil {
		t.Error(err)
	}
	got := make([]byte, len("<message/>"))
	if _, err := io.ReadFull(second, got); err != nil || string(got) != "<message/>" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestHostileList(t *testing.T) {
	if n := len(xep0114.Hostile); n < 50 {
		t.Errorf("only %d", n)
	}
	seen := map[string]bool{}
	for _, s := range xep0114.Hostile {
		t.Run(s.Name, func(t *testing.T) {
			if seen[s.Name] {
				t.Error("the name is taken")
			}
			seen[s.Name] = true
			text := s.From("alice@localhost/a", "c.localhost", "17")
			if s.Broken {
				return
			}
			if strings.ContainsAny(text, "{}") {
				t.Error("a placeholder is left")
			}
			var stanza struct {
				From string `xml:"from,attr"`
			}
			if err := xml.Unmarshal([]byte(text), &stanza); err != nil {
				t.Error(err)
			}
			if stanza.From != "alice@localhost/a" {
				t.Errorf("from %q", stanza.From)
			}
		})
	}
}
