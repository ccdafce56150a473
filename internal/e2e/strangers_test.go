package e2e_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/browser"
	"github.com/bitcoim/bitcoim/internal/sandbox/browser/browsertest"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

// openInvoices is how many invoices one user may have; strangers have as many.
const openInvoices = 5

// TestStrangers has people at the web door of a gateway with a Lightning node.
func TestStrangers(t *testing.T) {
	t.Parallel()
	p, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	at := port.Address(p)
	h := open(t, world.Options{Server: "prosody", Database: "sqlite", Lightning: true, Settings: map[string]string{
		"lightning.open_invoices": fmt.Sprint(openInvoices),
		// As behind a proxy, which has the certificate and says who asks.
		"web.listen": fmt.Sprintf("%q", at), "web.cert_file": `""`, "web.key_file": `""`, "web.proxies": `["127.0.0.1"]`,
	}})
	door := "http://" + at
	h.hold(t, []fact{
		{"somebody with a phone pays at the page", func(t *testing.T, h *house) { paysAtPage(t, h, door) }},
		{"a flood at the web door does not reach the chat", func(t *testing.T, h *house) { webFlood(t, h, door) }},
	})
}

// paysAtPage goes the whole way: a phone without JavaScript shows a page and
// then an invoice, a stranger's node pays it, and the user hears of it.
func paysAtPage(t *testing.T, h *house, door string) {
	b := browsertest.Start(t)
	alice, before := h.member(t, "alice"), h.owed(t)
	page, err := b.Page(t.Context(), browser.Device{NoScript: true})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{t: t, Page: page}
	p.must(p.Open(t.Context(), door+"/@alice"))
	p.shows("Pay alice", "alice@"+world.Site)
	p.must(p.Type(t.Context(), "#amount", "2500.5 sat"))
	p.must(p.Type(t.Context(), "#note", "for <the> ride"))
	p.must(p.Click(t.Context(), "form button"))
	p.must(p.Loaded(t.Context()))
	p.shows("2 500.5 sat", "for <the> ride")
	invoice, err := p.Text(t.Context(), ".copy")
	p.must(err)
	if _, err := h.Net.Nodes[1].Settle(t.Context(), invoice); err != nil {
		t.Fatalf("%q is not paid: %v", invoice, err)
	}
	alice.hears("2 500.5 sat came over Lightning", "“for <the> ride”", "Balance 2 500.5 sat")
	if _, err := h.Net.Nodes[1].Settle(t.Context(), invoice); err == nil {
		t.Error("it is paid twice")
	}
	alice.asks("history", "+2 500.5 sat")
	if got := h.owed(t) - before; got != 2_500_500 {
		t.Errorf("%d msat more are owed, want 2 500 500", got)
	}
}

// phone is a page on a small screen.
type phone struct {
	*browser.Page
	t *testing.T
}

func (p *phone) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// shows fails unless the page has all the parts, a picture to scan and no
// problems, and fits the screen.
func (p *phone) shows(parts ...string) {
	p.t.Helper()
	text, err := p.Text(p.t.Context(), "main")
	p.must(err)
	if !contains(plain(text), parts...) {
		p.t.Fatalf("the page says %q, want %q", text, parts)
	}
	var l struct{ Width, Scroll, QR float64 }
	p.must(p.Eval(p.t.Context(), `({Width: innerWidth, Scroll: document.documentElement.scrollWidth,
		QR: document.querySelector(".qr svg").getBoundingClientRect().width})`, &l))
	if l.Width != 390 || l.Scroll > l.Width || l.QR < 200 {
		p.t.Errorf("the layout is %+v", l)
	}
	for _, problem := range p.Problems() {
		if !contains(problem, "favicon.ico") {
			p.t.Errorf("the browser says %q", problem)
		}
	}
}
