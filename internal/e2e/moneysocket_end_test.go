package e2e_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"
)

// killedWhileAsking: the question outlives the gateway. The page comes back by
// itself, and gets the proof of what it asked for in the life before.
func killedWhileAsking(t *testing.T, h *house, s *story) {
	invoice := h.asksFor(t, 7000)
	code := s.asked(invoice, "7 000 sat")
	h.restart(t, s)
	s.page.shows("#state", "ready")
	s.alice.asks("allow "+code, "7 000 sat")
	s.page.proves(invoice)
	s.alice.hears("Paid 7 000 sat")
	s.balance -= 7000
	h.paidOnce(t, invoice, 7000)
}

// killedWhilePaying: nothing is lost either when alice has said yes and the
// payee keeps the payment waiting. It ends in the gateway's next life, and so
// does the page's question.
func killedWhilePaying(t *testing.T, h *house, s *story) {
	var preimage [32]byte
	_, _ = rand.Read(preimage[:])
	payee := h.Net.Nodes[1]
	invoice, err := payee.HoldInvoice(t.Context(), preimage, 8000, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	code := s.asked(invoice, "8 000 sat")
	s.alice.asks("allow "+code, "8 000 sat")
	if err := payee.Held(t.Context(), preimage); err != nil {
		t.Fatal(err)
	}
	h.restart(t, s)
	if err := payee.Release(t.Context(), preimage); err != nil {
		t.Fatal(err)
	}
	s.page.proves(invoice)
	s.alice.hears("Paid 8 000 sat")
	s.balance -= 8000
	h.paidOnce(t, invoice, 8000)
}

// restart kills the gateway and starts it again.
func (h *house) restart(t *testing.T, s *story) {
	t.Helper()
	if err := h.gateway.Kill(); err != nil {
		t.Fatal(err)
	}
	s.page.says("#state", "that its wallet is away", func(text string) bool { return text != "ready" })
	if err := h.gateway.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// unlinked: the page is put out and can not come back, and alice has one app
// less. Its button does not reach anybody.
func unlinked(t *testing.T, h *house, s *story) {
	s.page.shows("#state", "ready")
	s.alice.asks("unlink satopong", "satopong")
	s.page.says("#state", "that its wallet is away", func(text string) bool { return text != "ready" })
	s.page.fills("#receive", "#msats", "1000")
	s.page.says("#invoice", "that nobody is there", func(text string) bool { return strings.Contains(text, "no provider is there") })
	state := s.page.says("#state", "anything", func(string) bool { return true })
	if state == "ready" || state == "joined" {
		t.Errorf("the page is %s again", state)
	}
	if said := s.alice.asks("apps"); strings.Contains(said, "satopong") {
		t.Errorf("alice has still %q", said)
	}
}
