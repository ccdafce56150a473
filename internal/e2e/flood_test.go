package e2e_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	flood  = 50_000
	memory = 256 << 10 // kB
)

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that a process had until now, in kB.
func peak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := peakLine.FindSubmatch(status)
	if m == nil {
		t.Fatalf("no VmHWM in %s", status)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// burst has one user send as fast as the server takes it, and another who
// wants to know the balance.
func burst(t *testing.T, h *house) {
	still, before := h.alive(t), h.owed(t)
	fred, other := h.rich(t, "flood-fred", 1000), h.rich(t, "flood-other", 1000)
	var hundred strings.Builder
	for i := range 100 {
		fmt.Fprintf(&hundred, "<message to='%s' type='chat'><body>%s</body></message>", fred.gateway, []string{"balance", "pay 1 donor", "help", "nonsense", "history"}[i%5])
	}
	sent := make(chan error, 1)
	go func() {
		for range flood / 100 {
			if err := fred.SendRaw(hundred.String()); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	during := 0
	for done := false; !done; during++ {
		select {
		case err := <-sent:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
		other.asks("balance", "You have 1 000 sat")
		fred.Inbox()
	}
	fred.comesToRest()
	other.asks("balance", "You have 1 000 sat")
	kB := peak(t, h.gateway.PID())
	if kB > memory {
		t.Errorf("the gateway took %d kB", kB)
	}
	t.Logf("%d answers to another user during the burst, %d kB at most", during, kB)
	still()
	if after := h.owed(t); after != before {
		t.Errorf("owed are %d msat, were %d", after, before)
	}
}

// comesToRest asks until there is an answer again: a gateway may leave out
// what is too much.
func (p *person) comesToRest() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	for ctx.Err() == nil {
		p.Inbox()
		try, stop := context.WithTimeout(ctx, 3*time.Second)
		said, err := p.ask(try, "balance")
		stop()
		if err == nil && strings.Contains(said, "You have") {
			return
		}
	}
	p.t.Fatalf("%s is not answered any more", p.name)
}
