package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/browser"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

// What alice begins with, what her app may spend in a day, and what is kept
// for the fee of a payment over Lightning.
const (
	appPurse  = 1000
	appBudget = 2000
	appFee    = 10
)

// TestMoneysocket has a web page that uses the wallet of somebody who chats,
// through the gateway's own relay. The facts are one story, in this order.
func TestMoneysocket(t *testing.T) {
	t.Parallel()
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	rates := filepath.Join(t.TempDir(), "rates.json")
	writeRates(t, rates, `{"time": 1703252411, "EUR": 51000, "USD": "54321.01"}`)
	h := open(t, world.Options{Server: "prosody", Database: "sqlite", Lightning: true, Settings: map[string]string{
		"lightning.fee_least_sat": fmt.Sprint(appFee), "lightning.fee_per_million": "0",
		"rates.file": fmt.Sprintf("%q", rates), "rates.every": `"1s"`,
	}})
	s := &story{alice: h.rich(t, "alice", appPurse), bob: h.rich(t, "bob", 50_000), page: surf(t, publish(t)), rates: rates}
	h.hold(t, []fact{
		{"a page is linked to a wallet", s.told(linked)},
		{"the page is paid by a neighbour", s.told(pageIsPaid)},
		{"the page is shown another currency", s.told(inEuros)},
		{"within the budget nobody is asked", s.told(withinBudget)},
		{"above the budget the user is asked, and allows it", s.told(allowed)},
		{"what the user denies is not paid", s.told(denied)},
		{"the gateway is killed while the user is asked", s.told(killedWhileAsking)},
		{"the gateway is killed while it pays", s.told(killedWhilePaying)},
		{"what was taken away is over", s.told(unlinked)},
	})
}

// story is who is in it. Each fact goes on where the one before ended.
type story struct {
	alice, bob *person
	page       *webApp
	rates      string // file of what a bitcoin costs
	balance    int    // of alice, in sat
	broken     bool
}

// told plays a part of the story, if all before it went well. After it alice
// has what she should have.
func (s *story) told(part func(t *testing.T, h *house, s *story)) func(t *testing.T, h *house) {
	return func(t *testing.T, h *house) {
		if s.broken {
			t.Skip("the story ended before this")
		}
		s.broken = true
		s.alice.t, s.bob.t, s.page.t = t, t, t
		part(t, h, s)
		if got := s.alice.balance(); got != s.balance {
			t.Fatalf("alice has %d sat, want %d", got, s.balance)
		}
		s.broken = t.Failed()
	}
}

var (
	beaconLine = regexp.MustCompile(`(?m)^moneysocket1[a-z0-9]+$`)
	leave      = regexp.MustCompile(`\ballow ([a-z0-9]{4})\b`)
)

// linked: the beacon comes once, by chat, for no archive; the page sees what it
// may spend, which is all that alice has, and she hears that it came.
func linked(t *testing.T, h *house, s *story) {
	s.balance = appPurse
	s.alice.sends("<message to='%s' id='link-1' type='chat'><body>link moneysocket satopong budget %d/day</body></message>", s.alice.gateway, appBudget)
	said := s.alice.hears("moneysocket1")
	beacon := beaconLine.FindString(said.Body())
	if beacon == "" {
		t.Fatalf("no beacon on a line of its own: %q", said.Body())
	}
	if said.Child("no-permanent-store", "urn:xmpp:hints") == nil || said.Child("no-store", "urn:xmpp:hints") == nil {
		t.Errorf("archives keep the beacon: %s", said)
	}
	if said.Child("data", "urn:xmpp:bob") == nil {
		t.Errorf("no picture to scan: %s", said)
	}
	s.page.fills("#link", "#beacon", beacon)
	s.page.shows("#state", "ready")
	s.page.shows("#balance", wad(appPurse-appFee))
	s.alice.hears("satopong is connected")
	s.alice.asks("apps", "satopong")
	for _, problem := range s.page.Problems() {
		if !strings.Contains(problem, "favicon.ico") {
			t.Errorf("the browser says %s", problem)
		}
	}
}

// wad is how a page says what it may spend.
func wad(sat int) string { return fmt.Sprintf("₿ %d.000 sat", sat) }

// pageIsPaid: the invoice is real, and bob pays it by chat. The page hears of
// it, and now sees its budget, because alice has more than that.
func pageIsPaid(t *testing.T, h *house, s *story) {
	s.page.fills("#receive", "#msats", "1234000")
	invoice := s.page.says("#invoice", "an invoice", func(text string) bool { return strings.HasPrefix(text, "lnbcrt") })
	s.bob.asks("confirm "+s.bob.orders("pay %s", invoice), "Paying 1 234 sat")
	s.page.shows("#invoice", "received 1234000 msat")
	s.page.shows("#balance", wad(appBudget-appFee))
	s.alice.hears("1 234 sat")
	s.bob.hears("Paid 1 234 sat")
	if _, err := h.Net.Nodes[1].Settle(t.Context(), invoice); err == nil {
		t.Error("a stranger pays it once more")
	}
	s.balance += 1234
}

// inEuros: the wallet is said in another currency, as it is worth now. It stays
// one of millisatoshi.
func inEuros(t *testing.T, h *house, s *story) {
	s.alice.asks("set unit EUR", "EUR")
	s.page.shows("#balance", "€ 1.01 EUR")
	writeRates(t, s.rates, `{"EUR": 1e5}`)
	s.page.shows("#balance", "€ 1.99 EUR")
	s.page.until("the wallet is the same", "document.querySelector('#balance').dataset.msats", func(text string) bool {
		return text == fmt.Sprint((appBudget-appFee)*1000)
	})
	s.alice.asks("set unit sat", "sat")
	s.page.shows("#balance", wad(appBudget-appFee))
}

// writeRates replaces the file of rates, as a careful program does. Rates are
// as old as their file, so the file has the test's day and not the kernel's.
func writeRates(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := os.Chtimes(name+".new", now, now); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}
