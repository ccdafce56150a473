package e2e_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"
)

// bodies says n times the same lines, all in one message.
func (p *person) bodies(n int, lines ...string) {
	p.t.Helper()
	var b strings.Builder
	for range n {
		for _, line := range lines {
			b.WriteString("<body>" + line + "</body>")
		}
	}
	p.sends("<message to='%s' id='%s' type='chat'>%s</message>", p.gateway, rand.Text(), b.String())
	p.settles()
}

// oneMessage sends many commands at once. The limits of size refuse some as a
// whole.
func oneMessage(t *testing.T, h *house) {
	ann, ben := h.rich(t, "one-ann", 10_000), h.member(t, "one-ben")
	for _, c := range []struct {
		bodies int
		orders int
	}{{1, 1}, {2, 1}, {1000, 1}, {9000, 0}} {
		ann.bodies(c.bodies, "pay 5 one-ben")
		if got := ann.pending(); got != c.orders {
			t.Errorf("%d bodies of pay: %d orders, want %d", c.bodies, got, c.orders)
		}
		ann.asks("cancel all", "dropped")
	}
	ann.bodies(1, "pay 5 one-ben", "pay 6 one-ben")
	if got := ann.pending(); got != 1 {
		t.Errorf("two bodies of pay: %d orders", got)
	}
	ann.asks("cancel all", "dropped")

	paid := 0
	for _, c := range []struct {
		bodies int
		paid   int
	}{{2, 7}, {1000, 7}, {9000, 0}} {
		ann.bodies(c.bodies, "confirm "+ann.orders("pay 7 one-ben"))
		paid += c.paid
		if got := ben.balance(); got != paid {
			t.Errorf("%d bodies of confirm: %d sat are paid, want %d", c.bodies, got, paid)
		}
		ann.asks("cancel all")
	}
	ann.bodies(1, "confirm "+ann.orders("pay 11 one-ben"), "confirm "+ann.orders("pay 11 one-ben"))
	if got := ben.balance(); got != paid+11 {
		t.Errorf("two bodies of two codes: %d sat are paid, want 11", got-paid)
	}
	if got := ann.balance(); got != 10_000-paid-11 {
		t.Errorf("ann has %d sat after paying %d", got, paid+11)
	}
}

// chat is a message of one line and more.
func (p *person) chat(id, line, more string) string {
	return fmt.Sprintf("<message to='%s' id='%s' type='chat'><body>%s</body>%s</message>", p.gateway, id, line, more)
}

// saidTwice repeats stanzas, as a server that resumes a stream does.
func saidTwice(t *testing.T, h *house) {
	ann, ben := h.rich(t, "twice-ann", 1000), h.member(t, "twice-ben")
	ann.heard()
	for range 3 {
		ann.sends("%s", ann.chat("same-1", "pay 10 twice-ben", ""))
	}
	said := ann.heard()
	if len(said) != 3 || said[0] != said[1] || said[1] != said[2] {
		t.Fatalf("a repeated pay is answered %q", said)
	}
	if got := ann.pending(); got != 1 {
		t.Errorf("a repeated pay: %d orders", got)
	}
	code := ann.code(said[0])
	for range 3 {
		ann.sends("%s", ann.chat("same-2", "confirm "+code, "<origin-id xmlns='urn:xmpp:sid:0' id='mine-2'/>"))
	}
	if said = ann.heard(); len(said) != 3 || !strings.Contains(said[0], "Paid 10 sat") || said[0] != said[1] || said[1] != said[2] {
		t.Errorf("a repeated confirm is answered %q", said)
	}
	ann.asks("confirm "+code, "was confirmed before")
	ann.sends("%s", ann.chat("same-1", "pay 20 twice-ben", "")) // the id again, with other words
	if said = ann.heard(); len(said) != 1 || !strings.Contains(said[0], "Pay 20 sat") {
		t.Errorf("an id used for two lines is answered %q", said)
	}
	if got := ben.balance(); got != 10 {
		t.Errorf("ben has %d sat, want 10", got)
	}
}

// comesLate sends commands with delay stamps, as an offline store does, or a
// client that lies.
func comesLate(t *testing.T, h *house) {
	ann, ben := h.rich(t, "late-ann", 1000), h.member(t, "late-ben")
	code := ann.orders("pay 10 late-ben")
	stamp := func(from string, age time.Duration) string {
		return fmt.Sprintf("<delay xmlns='urn:xmpp:delay' from='%s' stamp='%s'>Offline Storage</delay>", from, time.Now().Add(-age).UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	for name, delay := range map[string]string{
		"by the server":        stamp(h.XMPP.Domain, time.Hour),
		"by the user":          stamp("late-ann@"+h.XMPP.Domain, 25*time.Hour),
		"by the gateway":       stamp(ann.gateway, time.Hour),
		"years ago":            stamp(h.XMPP.Domain, 10*365*24*time.Hour),
		"twice, the later now": stamp(h.XMPP.Domain, time.Hour) + stamp(h.XMPP.Domain, 0),
	} {
		ann.heard()
		for _, line := range []string{"confirm " + code, "pay 20 late-ben"} {
			ann.sends("%s", ann.chat(rand.Text(), line, delay))
			if said := ann.heard(); len(said) != 1 || !strings.Contains(said[0], "comes late") {
				t.Errorf("delayed %s: %q is answered %q", name, line, said)
			}
		}
	}
	ann.sends("%s", ann.chat(rand.Text(), "balance", stamp(h.XMPP.Domain, time.Hour)))
	ann.hears("You have 1 000 sat") // a question is answered, late or not
	if got := ann.pending(); got != 1 || ben.balance() != 0 {
		t.Errorf("%d orders wait, ben has %d sat", got, ben.balance())
	}
	ann.sends("%s", ann.chat(rand.Text(), "confirm "+code, stamp(h.XMPP.Domain, time.Second)))
	ann.hears("Paid 10 sat")
}

// corrected edits messages (XEP-0308) and takes them back (XEP-0424).
func corrected(t *testing.T, h *house) {
	ann, ben := h.rich(t, "edit-ann", 1000), h.member(t, "edit-ben")
	replaces := func(id string) string { return "<replace xmlns='urn:xmpp:message-correct:0' id='" + id + "'/>" }
	ann.sends("%s", ann.chat("edit-1", "pay 10 edit-ben", ""))
	first := ann.code(ann.hears("To send it:").Body())
	ann.sends("%s", ann.chat("edit-2", "pay 20 edit-ben", replaces("edit-1")))
	second := ann.code(ann.hears("Pay 20 sat").Body())
	if got := ann.pending(); got != 1 || first == second {
		t.Errorf("after the correction %d orders wait", got)
	}
	ann.asks("confirm "+first, "was dropped already")
	wrong := "zzzz"
	ann.sends("%s", ann.chat("edit-3", "confirm "+wrong, ""))
	ann.hears("no order " + wrong)
	ann.sends("%s", ann.chat("edit-4", "confirm "+second, replaces("edit-3")))
	ann.hears("I ignored your correction")
	if got := ben.balance(); got != 0 {
		t.Errorf("a corrected confirm paid %d sat", got)
	}
	ann.confirms(second)
	ann.sends("%s", ann.chat("edit-5", "pay 30 edit-ben", replaces("edit-1"))) // a second correction names the first message, too
	ann.hears("Too late for a correction")
	takesBack := func(id string) string { return "<retract xmlns='urn:xmpp:message-retract:1' id='" + id + "'/>" }
	ann.sends("%s", ann.chat("edit-6", "gone", takesBack("edit-1")))
	ann.hears("Too late for a correction")
	ann.sends("%s", ann.chat("edit-7", "pay 40 edit-ben", ""))
	third := ann.code(ann.hears("Pay 40 sat").Body())
	ann.sends("%s", ann.chat("edit-8", "gone", takesBack("edit-7")))
	ann.hears("Dropped: 40 sat")
	ann.asks("confirm "+third, "was dropped already")
	if got := ann.pending(); got != 0 || ben.balance() != 20 {
		t.Errorf("%d orders wait, ben has %d sat, want 20", got, ben.balance())
	}
}
