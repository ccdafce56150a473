package e2e_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// withinBudget: a stranger's invoice is paid at once. The button pressed again
// gets the same proof and pays nothing.
func withinBudget(t *testing.T, h *house, s *story) {
	invoice := h.asksFor(t, 700)
	for range 2 {
		s.page.fills("#send", "#bolt11", invoice)
		s.page.proves(invoice)
		s.page.shows("#balance", wad(appBudget-700-appFee))
	}
	s.balance -= 700
	h.paidOnce(t, invoice, 700)
	s.alice.hears("satopong paid 700 sat (1 300 sat of 2 000 sat left")
}

// allowed: the page waits while alice thinks about it. What she allows is not
// out of the budget.
func allowed(t *testing.T, h *house, s *story) {
	h.pays(t, s.alice, 50_000)
	s.balance += 50_000
	invoice := h.asksFor(t, 5000)
	code := s.asked(invoice, "5 000 sat")
	s.page.shows("#paid", "your wallet may ask you first")
	s.alice.asks("allow "+code, "5 000 sat")
	s.page.proves(invoice)
	s.alice.hears("Paid 5 000 sat")
	s.alice.asks("allow " + code)
	s.balance -= 5000
	h.paidOnce(t, invoice, 5000)
	s.page.shows("#balance", wad(appBudget-700-appFee))
}

// asked has the page pay an invoice above its budget, and returns the code
// that alice is asked with.
func (s *story) asked(invoice, sum string) (code string) {
	s.page.t.Helper()
	s.page.fills("#send", "#bolt11", invoice)
	question := s.alice.awaits("a question", func(m xmppclient.Stanza) bool { return has(m, "satopong", sum, "allow ", "deny ") })
	return leave.FindStringSubmatch(question.Body())[1]
}

// denied: the page is told so, and the code is over.
func denied(t *testing.T, h *house, s *story) {
	invoice := h.asksFor(t, 6000)
	code := s.asked(invoice, "6 000 sat")
	s.alice.asks("deny "+code, "6 000 sat")
	said := s.page.says("#paid", "a refusal", func(text string) bool { return strings.Contains(text, "refused") })
	if strings.Contains(said, "proof") {
		t.Errorf("the page says %q", said)
	}
	if said := s.alice.asks("allow " + code); strings.Contains(said, "Paying") {
		t.Errorf("after no, yes is answered %q", said)
	}
	h.unpaid(t, invoice)
}

// asksFor is the invoice of a stranger.
func (h *house) asksFor(t *testing.T, sat int64) string {
	t.Helper()
	invoice, err := h.Net.Nodes[1].Invoice(t.Context(), sat, "a stranger's")
	if err != nil {
		t.Fatal(err)
	}
	return invoice
}

// paidTo is what a stranger got for an invoice, in sat, and in how many parts.
func (h *house) paidTo(t *testing.T, invoice string) (state string, sat, parts int64) {
	t.Helper()
	i, err := moneysocket.ParseInvoice(invoice)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		State string
		Paid  int64 `json:"amt_paid_sat,string"`
		HTLCs []struct{ State string }
	}
	if err := h.Net.Nodes[1].Call(t.Context(), http.MethodGet, "/v1/invoice/"+i.Hash, nil, &got); err != nil {
		t.Fatal(err)
	}
	return got.State, got.Paid, int64(len(got.HTLCs))
}

func (h *house) paidOnce(t *testing.T, invoice string, want int64) {
	t.Helper()
	if state, sat, parts := h.paidTo(t, invoice); state != "SETTLED" || sat != want || parts != 1 {
		t.Errorf("the stranger got %d sat in %d parts (%s), want %d in one", sat, parts, state, want)
	}
}

func (h *house) unpaid(t *testing.T, invoice string) {
	t.Helper()
	if state, sat, parts := h.paidTo(t, invoice); state != "OPEN" || sat != 0 || parts != 0 {
		t.Errorf("the stranger got %d sat in %d parts (%s), want nothing", sat, parts, state)
	}
}

// proves waits until the page shows the preimage of an invoice.
func (a *webApp) proves(invoice string) {
	a.t.Helper()
	i, err := moneysocket.ParseInvoice(invoice)
	if err != nil {
		a.t.Fatal(err)
	}
	said := a.says("#paid", "a proof", func(text string) bool { return strings.HasPrefix(text, "paid, the proof is ") })
	preimage, _ := hex.DecodeString(strings.TrimPrefix(said, "paid, the proof is "))
	if sum := sha256.Sum256(preimage); hex.EncodeToString(sum[:]) != i.Hash {
		a.t.Errorf("the page says %q, which proves nothing about %s", said, i.Hash)
	}
}
