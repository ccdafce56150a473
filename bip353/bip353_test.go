package bip353_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/bip353"
)

const simple = "bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

func TestRecord(t *testing.T) {
	long := "bitcoin:?lno=lno1" + strings.Repeat("q", 400)
	for name, tt := range map[string]struct{ user, domain, uri, want string }{
		"an address":                 {"alice", "example.org", simple, `alice.user._bitcoin-payment.example.org. 1800 IN TXT "` + simple + `"`},
		"a domain with a dot behind": {"alice", "Example.ORG.", simple, `alice.user._bitcoin-payment.example.org. 1800 IN TXT "` + simple + `"`},
		"an offer, in two strings": {"bob-2", "pay.example.org", long,
			`bob-2.user._bitcoin-payment.pay.example.org. 1800 IN TXT "` + long[:255] + `" "` + long[255:] + `"`},
		"what zone files escape": {"carol_x", "example.org", `bitcoin:?label="a\b";`,
			`carol_x.user._bitcoin-payment.example.org. 1800 IN TXT "bitcoin:?label=\"a\\b\";"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := bip353.Record(tt.domain, bip353.DefaultTTL, bip353.Entry{Name: tt.user, URI: tt.uri})
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestWhatIsNoRecord(t *testing.T) {
	good := bip353.Entry{Name: "alice", URI: simple}
	for name, tt := range map[string]struct {
		domain string
		ttl    time.Duration
		e      bip353.Entry
	}{
		"no domain":              {"", time.Hour, good},
		"a domain of one label":  {"org", time.Hour, good},
		"a domain with a blank":  {"exa mple.org", time.Hour, good},
		"a domain with a line":   {"example.org\nx", time.Hour, good},
		"a domain beyond ASCII":  {"exämple.org", time.Hour, good},
		"an endless domain":      {strings.Repeat("a.", 120) + "org", time.Hour, good},
		"a wildcard":             {"example.org", time.Hour, bip353.Entry{Name: "*", URI: simple}},
		"a name with a dot":      {"example.org", time.Hour, bip353.Entry{Name: "a.b", URI: simple}},
		"a name in capitals":     {"example.org", time.Hour, bip353.Entry{Name: "Alice", URI: simple}},
		"a name with a line":     {"example.org", time.Hour, bip353.Entry{Name: "alice\nbob", URI: simple}},
		"no name":                {"example.org", time.Hour, bip353.Entry{URI: simple}},
		"no URI":                 {"example.org", time.Hour, bip353.Entry{Name: "alice"}},
		"another URI":            {"example.org", time.Hour, bip353.Entry{Name: "alice", URI: "https://example.org"}},
		"a URI with a line end":  {"example.org", time.Hour, bip353.Entry{Name: "alice", URI: simple + "\n"}},
		"a URI with a blank":     {"example.org", time.Hour, bip353.Entry{Name: "alice", URI: simple + "?label=a b"}},
		"a URI beyond ASCII":     {"example.org", time.Hour, bip353.Entry{Name: "alice", URI: simple + "?label=é"}},
		"an endless URI":         {"example.org", time.Hour, bip353.Entry{Name: "alice", URI: simple + "?label=" + strings.Repeat("a", 1000)}},
		"no time":                {"example.org", 0, good},
		"a time in milliseconds": {"example.org", time.Millisecond, good},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := bip353.Record(tt.domain, tt.ttl, tt.e); err == nil {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	entries := []bip353.Entry{{Name: "carol", URI: simple}, {Name: "alice", URI: simple}, {Name: "bob", URI: simple}}
	if err := bip353.Write(&b, "example.org", time.Minute, entries); err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, name := range []string{"alice", "bob", "carol"} {
		want += name + `.user._bitcoin-payment.example.org. 60 IN TXT "` + simple + "\"\n"
	}
	if b.String() != want {
		t.Errorf("got %s, want %s", b.String(), want)
	}
	b.Reset()
	if err := bip353.Write(&b, "example.org", time.Minute, append(entries, bip353.Entry{Name: "bob", URI: simple})); err == nil || b.Len() > 0 {
		t.Errorf("one name twice: got %v and %q", err, b.String())
	}
}

// A resolver that joins the strings reads the same payment URI.
func TestAResolverReadsTheSame(t *testing.T) {
	uri := address.URI{Label: "Alice & Bob", Message: "\"quoted\" \\ é", Offer: "lno1" + strings.Repeat("q", 600)}.String()
	strs, err := bip353.Strings(uri)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := bip353.Owner("example.org", "alice")
	if err != nil {
		t.Fatal(err)
	}
	name, err := dnsmessage.NewName(owner + ".")
	if err != nil {
		t.Fatal(err)
	}
	m := dnsmessage.Message{Answers: []dnsmessage.Resource{{
		Header: dnsmessage.ResourceHeader{Name: name, Type: dnsmessage.TypeTXT, Class: dnsmessage.ClassINET, TTL: 1800},
		Body:   &dnsmessage.TXTResource{TXT: strs},
	}}}
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var back dnsmessage.Message
	if err := back.Unpack(packed); err != nil {
		t.Fatal(err)
	}
	if len(packed) > 1232 {
		t.Errorf("the answer has %d bytes", len(packed))
	}
	got := strings.Join(back.Answers[0].Body.(*dnsmessage.TXTResource).TXT, "")
	if got != uri {
		t.Errorf("got %s, want %s", got, uri)
	}
	if _, err := address.ParseURI(got, address.Regtest); err != nil {
		t.Error(err)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("alice", "example.org", simple)
	f.Add("bob", "a.b.c.example", `bitcoin:?label="\"`)
	f.Fuzz(func(t *testing.T, user, domain, uri string) {
		line, err := bip353.Record(domain, time.Hour, bip353.Entry{Name: user, URI: uri})
		if err != nil {
			return
		}
		// One line with one record, whose strings are what went in.
		head, tail, ok := strings.Cut(line, " 3600 IN TXT ")
		if !ok || strings.ContainsAny(line, "\n\r") || strings.ContainsAny(head, " ;\"()\\") {
			t.Fatalf("%q", line)
		}
		if got := unquote(t, tail); got != uri {
			t.Fatalf("%q holds %q, want %q", line, got, uri)
		}
	})
}

// unquote reads the strings of a TXT record as a name server does.
func unquote(t *testing.T, text string) string {
	t.Helper()
	var all strings.Builder
	inside, n := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			inside, n = !inside, 0
		case !inside && c != ' ':
			t.Fatalf("%q: %q outside of a string", text, c)
		case inside:
			if c == '\\' {
				i++
			}
			if n++; n > 255 {
				t.Fatalf("%q: a string is too long", text)
			}
			all.WriteByte(text[i])
		}
	}
	if inside {
		t.Fatalf("%q does not end", text)
	}
	return all.String()
}
