package e2e_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// person is a user at a client. Methods with a t fail the test.
type person struct {
	*xmppclient.Client
	t       *testing.T
	name    string
	gateway string // JID
}

// enter logs somebody in until the test ends.
func (h *house) enter(t *testing.T, name string) *person {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := h.XMPP.Dial(ctx, name, "desk")
	if err != nil {
		t.Fatalf("%s logs in: %v", name, err)
	}
	t.Cleanup(func() { _ = c.Close() }) // the server may be the one who left
	return &person{Client: c, t: t, name: name, gateway: h.XMPP.Component}
}

// member logs somebody in who has an account.
func (h *house) member(t *testing.T, name string) *person {
	t.Helper()
	p := h.enter(t, name)
	if said := p.asks("register " + name); !contains(said, "Welcome "+name) && !contains(said, "Your name is "+name) {
		t.Fatalf("%s registers and hears %q", name, said)
	}
	return p
}

// rich is a member with money from the bank.
func (h *house) rich(t *testing.T, name string, sat int) *person {
	t.Helper()
	p := h.member(t, name)
	h.pays(t, p, sat)
	return p
}

// ask says a line to the gateway and waits for the answer, which it knows by
// its thread.
func (p *person) ask(ctx context.Context, format string, args ...any) (string, error) {
	thread := rand.Text() // also its id, which must not come again at another login
	err := p.SendRaw(fmt.Sprintf("<message to='%s' id='%s' type='chat'><body>%s</body><thread>%s</thread></message>",
		p.gateway, thread, xmppclient.Escape(fmt.Sprintf(format, args...)), thread))
	if err != nil {
		return "", err
	}
	m, err := p.Expect(ctx, func(m xmppclient.Stanza) bool {
		return m.Kind() == "message" && m.ChildText("thread") == thread && (m.Child("body") != nil || m.Type() == "error")
	})
	if err != nil {
		return "", err
	}
	if m.Type() == "error" {
		return "", fmt.Errorf("refused: %s", m.Condition())
	}
	return plain(m.Body()), nil
}

// asks is ask with an answer that has all the parts.
func (p *person) asks(line string, parts ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	said, err := p.ask(ctx, "%s", line)
	if err != nil {
		p.t.Fatalf("%s says %q: %v", p.name, line, err)
	}
	for _, part := range parts {
		if !strings.Contains(said, part) {
			p.t.Fatalf("%s says %q and hears %q, without %q", p.name, line, said, part)
		}
	}
	return said
}

// awaits waits for a stanza, and passes over others.
func (p *person) awaits(what string, wanted func(xmppclient.Stanza) bool) xmppclient.Stanza {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	s, err := p.Expect(ctx, wanted)
	if err != nil {
		p.t.Fatalf("%s waits for %s: %v", p.name, what, err)
	}
	return s
}

// hears waits for a message that has all the parts, and passes over others.
func (p *person) hears(parts ...string) xmppclient.Stanza {
	p.t.Helper()
	return p.awaits(fmt.Sprintf("%q", parts), func(m xmppclient.Stanza) bool { return has(m, parts...) })
}

// has reports whether m is a message whose body has all the parts.
func has(m xmppclient.Stanza, parts ...string) bool {
	if m.Kind() != "message" || m.Type() == "error" || m.Child("body") == nil {
		return false
	}
	body := plain(m.Body())
	for _, part := range parts {
		if !strings.Contains(body, part) {
			return false
		}
	}
	return true
}

// plain makes no-break spaces plain.
func plain(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }

var (
	codeWord    = regexp.MustCompile(`confirm ([a-z0-9]{4})\b`)
	addressLine = regexp.MustCompile(`(?m)^bcrt1\w+$`)
	balanceLine = regexp.MustCompile(`You have ([0-9 ]+) sat`)
)

// orders drafts a payment and returns its code.
func (p *person) orders(format string, args ...any) string {
	p.t.Helper()
	return p.code(p.asks(fmt.Sprintf(format, args...), "To send it:"))
}

func (p *person) code(said string) string {
	p.t.Helper()
	m := codeWord.FindStringSubmatch(said)
	if m == nil {
		p.t.Fatalf("no code in %q", said)
	}
	return m[1]
}

// confirms gives a code, and the payment is made.
func (p *person) confirms(code string) { p.t.Helper(); p.asks("confirm "+code, "Paid") }

// address is where the user can be paid now.
func (p *person) address() string {
	p.t.Helper()
	said := p.asks("address")
	found := addressLine.FindString(said)
	if found == "" {
		p.t.Fatalf("no address in %q", said)
	}
	return found
}

// balance is what the gateway says that the user has, in sat.
func (p *person) balance() int {
	p.t.Helper()
	said := p.asks("balance")
	m := balanceLine.FindStringSubmatch(said)
	if m == nil {
		p.t.Fatalf("no balance in %q", said)
	}
	n := 0
	for _, digit := range strings.ReplaceAll(m[1], " ", "") {
		n = n*10 + int(digit-'0')
	}
	return n
}

// pending counts the user's orders that wait for a code.
func (p *person) pending() int {
	p.t.Helper()
	return strings.Count(p.asks("pending"), "waits for its code")
}

// sends sends a stanza as it is.
func (p *person) sends(format string, args ...any) {
	p.t.Helper()
	if err := p.SendRaw(fmt.Sprintf(format, args...)); err != nil {
		p.t.Fatalf("%s sends: %v", p.name, err)
	}
}

// settles waits until the gateway has done all that this user asked before.
// It answers one user's stanzas in order.
func (p *person) settles() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if _, err := p.IQ(ctx, p.gateway, "get", "<ping xmlns='urn:xmpp:ping'/>"); err != nil {
		p.t.Fatalf("%s pings the gateway: %v", p.name, err)
	}
}

// heard takes all messages with a body that came until now.
func (p *person) heard() (bodies []string) {
	p.t.Helper()
	p.settles()
	for _, s := range p.Inbox() {
		if s.Kind() == "message" && s.Child("body") != nil {
			bodies = append(bodies, plain(s.Body()))
		}
	}
	return bodies
}

// contains reports whether text has all the parts.
func contains(text string, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}
