package e2e_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	btc "github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// stranger makes an address whose owner nobody knows.
func stranger(t *testing.T) string {
	t.Helper()
	hash := make([]byte, 20)
	if _, err := rand.Read(hash); err != nil {
		t.Fatal(err)
	}
	a, err := btc.NewAddressWitnessPubKeyHash(hash, &chaincfg.RegressionNetParams)
	if err != nil {
		t.Fatal(err)
	}
	return a.EncodeAddress()
}

// crowd is how many contacts manyContacts has, rate and burst how many
// presences the gateway may send.
const (
	crowd = 1000
	rate  = 400 // as in settings
	once  = rate / 10
)

// manyContacts has a server send two stanzas for each of a thousand contacts
// at a login, and one at the end.
func manyContacts(t *testing.T, h *house) {
	still := h.alive(t)
	contacts := map[string]bool{}
	for range crowd {
		contacts[address.EncodeJID(stranger(t))+"@"+h.XMPP.Component] = true
	}
	var dan, other *person
	other = h.member(t, "other")
	if h.Server == "prosody" {
		h.writeRoster(t, "dan", contacts)
		dan = h.member(t, "dan")
	} else {
		dan = h.member(t, "dan")
		for jid := range contacts {
			dan.sends("<presence type='subscribe' to='%s'/>", jid)
		}
	}
	appear(t, dan, contacts, func() { other.balance() })
	if err := dan.Close(); err != nil {
		t.Fatal(err)
	}
	other.balance()
	began := time.Now()
	dan = h.enter(t, "dan")
	appear(t, dan, contacts, func() { other.balance() })
	// This is a floor, which no machine is too slow for.
	if took, least := time.Since(began), time.Second*(crowd-once)/rate; took < least {
		t.Errorf("%d presences in %v: more than %d a second", crowd, took, rate)
	}
	dan.asks("balance", "You have 0 sat")
	still()
}

// writeRoster gives somebody a roster who is not online. Prosody writes all of
// it again at each change, so that a thousand subscriptions take a minute.
func (h *house) writeRoster(t *testing.T, name string, contacts map[string]bool) {
	t.Helper()
	var b strings.Builder
	b.WriteString("return {\n[false] = { version = 1; pending = {} };\n")
	for jid := range contacts {
		fmt.Fprintf(&b, "[%q] = { subscription = \"both\"; groups = {} };\n", jid)
	}
	b.WriteString("}\n")
	dir := filepath.Join(h.Dir, "xmpp", "data", h.XMPP.Domain, "roster")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".dat"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// appear waits until all contacts have sent a presence, and does other things
// meanwhile.
func appear(t *testing.T, p *person, contacts map[string]bool, meanwhile func()) {
	t.Helper()
	seen := map[string]bool{}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for len(seen) < len(contacts) {
		next, enough := context.WithTimeout(ctx, 50*time.Millisecond)
		_, err := p.Expect(next, func(xmppclient.Stanza) bool { return false })
		enough()
		if ctx.Err() != nil {
			t.Fatalf("%d of %d contacts appeared", len(seen), len(contacts))
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		for _, s := range p.Inbox() {
			bare, _, _ := strings.Cut(s.From(), "/")
			if s.Kind() == "presence" && s.Type() == "" && contacts[bare] {
				seen[bare] = true
			}
		}
		meanwhile()
	}
}
