package wire_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/component/wire"
	"github.com/bitcoim/bitcoim/internal/xep0114"
	"mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stream"
)

// refusedAs says what becomes of those that do not simply pass.
var refusedAs = map[string]wire.Reason{
	"stream element as child":                     wire.StreamElement,
	"stream element as grandchild":                wire.StreamElement,
	"stream element four levels down":             wire.StreamElement,
	"stream error as child":                       wire.StreamElement,
	"stream start as child":                       wire.StreamElement,
	"stream element by the stream's prefix":       wire.StreamElement,
	"stream element by another prefix":            wire.StreamElement,
	"stream namespace from an element of another": wire.StreamElement,
	"stream namespace with references":            wire.StreamElement,
	"stream element in a query":                   wire.StreamElement,
	"stream element in a presence":                wire.StreamElement,
	"a second type by prefix":                     wire.DoubleAddress,
	"a second id by prefix declaration":           wire.DoubleAddress,
	"65 levels":                                   wire.TooDeep,
	"5,000 levels":                                wire.TooDeep,
	"body of 256 KiB":                             wire.TooLarge,
	"10,000 attributes":                           wire.TooManyAttrs,
	"65 attributes":                               wire.TooManyAttrs,
	"10,000 attributes of the stanza":             wire.TooManyAttrs,
	"attribute of 50 KB":                          wire.AttrTooLong,
	"64 namespaces on each of 60 levels":          wire.TooManyNamespaces,
	"comment":                                     wire.Markup,
	"processing instruction":                      wire.Markup,
	"declaration":                                 wire.Markup,
}

// dropped cannot even be answered.
var dropped = map[string]bool{"iq with a huge id": true, "iq with an enormous id": true, "two senders": true}

func TestHostile(t *testing.T) {
	r := setup(t, quiet(), nil)
	for i, s := range xep0114.Hostile {
		afterwards := fmt.Sprint("after ", i)
		t.Run(s.Name, func(t *testing.T) {
			from := alice
			if s.Resource != "" {
				from = "alice@localhost/" + s.Resource
			}
			before := r.conn.Stats()
			r.send(t, s.From(from, domain, "hostile"))
			r.send(t, ping(afterwards))
			replies := r.until(t, afterwards)
			after := r.conn.Stats()

			want, refused := refusedAs[s.Name]
			if !refused && s.Broken {
				want, refused = wire.NotWellFormed, true
			}
			switch {
			case dropped[s.Name]:
				if after.Dropped != before.Dropped+1 {
					t.Errorf("not dropped")
				}
			case refused:
				if after.Refused[want] != before.Refused[want]+1 {
					t.Errorf("got refused %v, want one more %v", after.Refused, want)
				}
				if strings.HasPrefix(s.XML, "<message") && s.XML[len("<message")] == ' ' {
					if got := replies[0]; got.Type != "error" || got.ID != "hostile" || got.To != from || got.Was.Child != want.String() {
						t.Errorf("got answer %+v", got)
					}
				}
			default:
				if after.Dropped != before.Dropped || len(after.Refused) != len(before.Refused) {
					t.Errorf("did not pass: %v", after)
				}
				if after.StanzasIn != before.StanzasIn+2 {
					t.Errorf("got %d stanzas", after.StanzasIn-before.StanzasIn)
				}
			}
		})
	}
}

// Without the guard the same stanzas end the session: why there is one.
func TestSessionAloneDies(t *testing.T) {
	for _, s := range xep0114.Hostile {
		if refusedAs[s.Name] != wire.StreamElement {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			server, err := xep0114.Listen(domain, "secret", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			conn, err := net.Dial("tcp", server.Addr())
			if err != nil {
				t.Fatal(err)
			}
			served := serve(t, conn, answer)
			if err := server.Send([]byte(s.From(alice, domain, "hostile"))); err != nil {
				t.Fatal(err)
			}
			if err := <-served; err == nil {
				t.Error("got no error")
			}
		})
	}
}

func TestSessionEndsWithTheServer(t *testing.T) {
	for name, tt := range map[string]struct {
		condition string
		want      error
	}{
		"by a conflict":  {"conflict", stream.Conflict},
		"by a shutdown":  {"system-shutdown", stream.SystemShutdown},
		"without a word": {"", wire.ErrEnded},
	} {
		t.Run(name, func(t *testing.T) {
			r := setup(t, quiet(), nil)
			if err := r.server.Drop(tt.condition); err != nil {
				t.Fatal(err)
			}
			if err := <-r.served; !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestWrongSecret(t *testing.T) {
	server, err := xep0114.Listen(domain, "another secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	conn, err := wire.Dial(t.Context(), "tcp", server.Addr(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = component.NewSession(t.Context(), jid.MustParse(domain), []byte("secret"), conn)
	if !errors.Is(err, stream.NotAuthorized) {
		t.Errorf("got %v", err)
	}
}

func TestDialNobody(t *testing.T) {
	if _, err := wire.Dial(t.Context(), "unix", t.TempDir()+"/socket", quiet()); err == nil {
		t.Error("connected to nobody")
	}
}
