package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

// patience is how long one thing may take before a test has failed. No test
// is about time.
// After a crash a payment over Lightning is looked at when two leases of a
// minute are over, and a busy machine comes on top.
const patience = 4 * time.Minute

// house is a world with a gateway, and a bank that gives everybody money.
type house struct {
	*world.World
	gateway *world.Gateway
	surplus int64 // of the operator, who has coins in channels, in msat
}

// settings let tests talk faster than people, and fail earlier.
var settings = map[string]string{
	"chain.timeout":              `"10s"`,
	"chain.large_sat":            "100000000",
	"limits.commands_per_minute": "6000",
	"limits.commands_burst":      "1000",
	"limits.payment_sat":         "10000000",
	"limits.day_sat":             "100000000",
	"limits.first_day_sat":       "100000000",
	"limits.balance_sat":         "100000000",
	"limits.open_orders":         "1000",
	"limits.addresses_unused":    "50",
	"xmpp.presence_rate":         "400",
	"audit.every":                `"2s"`,
}

// open starts a world and fills the bank. Settings of the options are more
// than ours.
func open(t *testing.T, o world.Options) *house {
	t.Helper()
	more := o.Settings
	o.Settings = maps.Clone(settings)
	maps.Copy(o.Settings, more)
	needs.Programs(t)
	w, err := world.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{World: w, gateway: w.Gateways[0]}
	t.Cleanup(func() {
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
	})
	if h.Lightning {
		h.surplus = h.read(t, "-world").Surplus
	}
	bank := h.member(t, "donor")
	h.deposit(t, bank, 20_000_000)
	bank.Close()
	return h
}

// hold plays facts one after the other; after each the books must be in order.
func (h *house) hold(t *testing.T, facts []fact) {
	for _, f := range facts {
		t.Run(f.name, func(t *testing.T) {
			defer h.complain(t)
			f.play(t, h)
			if !t.Failed() {
				h.audit(t)
			}
		})
		if p, err := h.XMPP.Dial(t.Context(), "donor", "still-there"); err != nil {
			t.Fatalf("after this, nobody can log in: %v", err)
		} else {
			_ = p.Close()
		}
	}
}

// complain shows the ends of the logs of a failed test.
func (h *house) complain(t *testing.T) {
	if !t.Failed() {
		return
	}
	for _, g := range h.Gateways {
		text, _ := os.ReadFile(g.Log)
		t.Logf("end of %s:\n%s", g.Log, text[max(0, len(text)-2000):])
	}
}

// report is what `bitcoim audit -world -json` prints. Amounts are in msat.
type report struct {
	Findings                        []any
	Owed, Wallet, Expected, Surplus int64
	Coins, Payments                 int
}

// audit compares the books with the node. Nothing may be wrong.
func (h *house) audit(t *testing.T) report { t.Helper(); return h.books(t, "-world") }

// owed is what the users have together, in msat.
func (h *house) owed(t *testing.T) int64 { t.Helper(); return h.books(t).Owed }

func (h *house) books(t *testing.T, options ...string) report {
	t.Helper()
	r := h.read(t, options...)
	if len(r.Findings) > 0 || len(options) > 0 && r.Surplus != h.surplus {
		t.Fatalf("the books are not in order: %+v", r)
	}
	return r
}

// read asks for an audit.
func (h *house) read(t *testing.T, options ...string) report {
	t.Helper()
	out, err := h.gateway.Run(t.Context(), append([]string{"audit", "-json"}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}

// connects counts how often the gateway has connected since its log began.
func connects(t *testing.T, g *world.Gateway) int { return said(t, g, "msg=connected") }

// said counts the lines of a gateway's log with the text.
func said(t *testing.T, g *world.Gateway, text string) int {
	t.Helper()
	log, err := os.ReadFile(g.Log)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(log, []byte(text))
}

// lines are those of a gateway's log with the text.
func lines(t *testing.T, g *world.Gateway, text string) (found []string) {
	t.Helper()
	log, err := os.ReadFile(g.Log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(log), "\n") {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

// until waits for something that nobody signals.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// alive fails unless the gateway is the same process on the same connection.
func (h *house) alive(t *testing.T) (still func()) {
	t.Helper()
	pid, n := h.gateway.PID(), connects(t, h.gateway)
	return func() {
		t.Helper()
		select {
		case <-h.gateway.Exited():
			t.Fatal("the gateway has ended")
		default:
		}
		if now := h.gateway.PID(); now != pid {
			t.Fatalf("the gateway is process %d, was %d", now, pid)
		}
		if now := connects(t, h.gateway); now != n {
			t.Fatalf("the gateway connected %d times more", now-n)
		}
	}
}

// pays moves money from the bank by chat.
func (h *house) pays(t *testing.T, to *person, sat int) {
	t.Helper()
	bank := h.enter(t, "donor")
	defer bank.Close()
	bank.confirms(bank.orders("pay %d %s", sat, to.name))
	to.hears("donor sent you")
}

// deposit pays to the address of a user, and waits until it counts.
func (h *house) deposit(t *testing.T, p *person, sat int64) {
	t.Helper()
	if _, err := h.Chain.Fund(t.Context(), p.address(), sat); err != nil {
		t.Fatal(err)
	}
	p.hears("on their way")
	if _, err := h.Chain.Mine(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	p.hears("Received")
}
