package component_test

import (
	"context"
	"encoding/xml"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/xep0114"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const domain = "bitcoin.example.org"

const phrases = `
[locale]
group = " "
decimal = "."
plural = "one"
[unit]
sat = "sat"
[phrase]
"test.echo" = "You said {text}."
"test.balance" = "Hi {name}."
"test.paid" = "Paid {amount|money}."
"button.confirm" = "Confirm"
"chat.too-fast" = "Too fast."
"chat.too-long" = "Too long: {most} at most."
"chat.encrypted" = "I cannot read this."
"chat.welcome" = "Welcome to {gateway}."
"fault.internal" = "Oops, {ref}."
"fault.short" = "Not enough."
"presence.address" = "Mine{label|if| ({label})|}{show|if|: {received|money}|}."
"presence.balance" = "Hi {name}."
"presence.stopping" = "See you."
`

// door is a component with a server in front of it that says what the test
// says.
type door struct {
	t      *testing.T
	server *xep0114.Server
	desk   *desk
	c      *component.Component
	stop   func()
}

// open starts a door and waits until it is connected and has greeted.
func open(t *testing.T, change ...func(*component.Config, *desk)) *door {
	t.Helper()
	x := openUnready(t, func(cfg *component.Config, d *desk) {
		for _, f := range change {
			f(cfg, d)
		}
	}, io.Discard)
	ready, end := context.WithTimeout(context.Background(), 10*time.Second)
	defer end()
	if err := x.server.Ready(ready); err != nil {
		t.Fatal(err)
	}
	return x
}

// openUnready starts a door that may never be connected.
func openUnready(t *testing.T, change func(*component.Config, *desk), log io.Writer) *door {
	t.Helper()
	server, err := xep0114.Listen(domain, "secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := i18n.LoadFS(fstest.MapFS{
		"en.toml": {Data: []byte(phrases)},
		"fr.toml": {Data: []byte("[phrase]\n\"fault.short\" = \"Pas assez.\"\n")},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk()
	cfg := component.Config{
		Domain: domain, Secret: "secret", Addr: server.Addr(), Name: "Bank",
		Alone:  func(context.Context) bool { return false },
		Timing: component.Timing{Back: component.Backoff{First: time.Millisecond, Most: time.Millisecond, Conflict: time.Millisecond}},
	}
	change(&cfg, d)
	c := component.New(cfg, d, cat, slog.New(slog.NewTextHandler(log, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stopped := false
	x := &door{t: t, server: server, desk: d, c: c}
	x.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(func() {
		x.stop()
		server.Close()
	})
	return x
}

// logged is what was written to the log, a line each.
type logged struct {
	once  sync.Once
	lines chan string
}

func (l *logged) all() chan string {
	l.once.Do(func() { l.lines = make(chan string, 1000) })
	return l.lines
}

func (l *logged) Write(p []byte) (int, error) {
	select {
	case l.all() <- string(p):
	default:
	}
	return len(p), nil
}

// waitFor waits for a line with those words.
func (l *logged) waitFor(t *testing.T, words string) {
	t.Helper()
	for {
		select {
		case line := <-l.all():
			if strings.Contains(line, words) {
				return
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing logged about %q", words)
		}
	}
}

// says sends stanzas to the component as they are.
func (d *door) says(raw ...string) {
	d.t.Helper()
	if err := d.server.Send([]byte(strings.Join(raw, ""))); err != nil {
		d.t.Error(err)
	}
}

// hears is the next stanza of the component.
func (d *door) hears() *component.Element {
	d.t.Helper()
	select {
	case raw := <-d.server.Recv():
		return parse(d.t, raw)
	case <-time.After(10 * time.Second):
		d.t.Fatal("the component says nothing")
		return nil
	}
}

// hearsNothing proves that nothing was said before the answer to a ping.
func (d *door) hearsNothing() {
	d.t.Helper()
	d.says(ping)
	if e := d.hears(); e.Value("id") != "fence" {
		d.t.Errorf("heard %s", text(e))
	}
}

const ping = `<iq type='get' from='ann@example.org/x' to='` + domain + `' id='fence'><ping xmlns='urn:xmpp:ping'/></iq>`

func parse(t *testing.T, raw []byte) *component.Element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(raw)))
	var open []*component.Element
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Space == "jabber:component:accept" {
				tok.Name.Space = ""
			}
			e := &component.Element{Name: tok.Name, Attr: tok.Attr}
			if n := len(open); n > 0 {
				open[n-1].Add(e)
			}
			open = append(open, e)
		case xml.CharData:
			if n := len(open); n > 0 {
				open[n-1].Text += string(tok)
			}
		case xml.EndElement:
			if len(open) == 1 {
				return open[0]
			}
			open = open[:len(open)-1]
		}
	}
}

// text is an element as one can read it.
func text(e *component.Element) string {
	var b strings.Builder
	b.WriteString("<" + e.Name.Local)
	for _, a := range e.Attr {
		if a.Name.Local != "xmlns" {
			b.WriteString(" " + a.Name.Local + "=" + a.Value)
		}
	}
	b.WriteString(">" + e.Text)
	for _, c := range e.Children {
		b.WriteString(text(c))
	}
	return b.String()
}

// body is the body of a message, and fails for anything else.
func (d *door) body(e *component.Element) string {
	d.t.Helper()
	if e.Name.Local != "message" || e.Child("", "body") == nil {
		d.t.Fatalf("not a message with a body: %s", text(e))
	}
	return e.Child("", "body").Text
}

// chat is a message of ann's to the gateway.
func chat(id, body string, more ...string) string {
	return `<message type='chat' from='ann@example.org/phone' to='` + domain + `' id='` + id + `'>` +
		`<body>` + body + `</body>` + strings.Join(more, "") + `</message>`
}
