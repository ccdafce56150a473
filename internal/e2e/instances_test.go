package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// second starts another gateway on the same database.
func (h *house) second(t *testing.T) *world.Gateway {
	t.Helper()
	g, err := h.Another(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Stop() })
	return g
}

// oneOfTwoKilled kills a gateway in a stream of payments. What it had taken
// in may stay unanswered; the server gives the rest to the other.
func oneOfTwoKilled(t *testing.T, h *house) {
	const payers, payments, each = 10, 30, 3
	still, before := h.alive(t), h.owed(t)
	doomed := h.second(t)
	to := h.member(t, "two-to")
	var people []*person
	for i := range payers {
		people = append(people, h.rich(t, fmt.Sprintf("two-%d", i), 1000))
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var mu sync.Mutex
	var all []payment
	answered := make(chan struct{}, payers*payments)
	var running sync.WaitGroup
	for _, p := range people {
		running.Go(func() {
			for i := range payments {
				o, err := p.pays(ctx, each, to.name, fmt.Sprintf("%s-%d", p.name, i))
				mu.Lock()
				all = append(all, o)
				mu.Unlock()
				answered <- struct{}{}
				if err != nil {
					t.Errorf("%s: %v", o.memo, err)
					return
				}
			}
		})
	}
	for range payers * payments / 3 {
		<-answered
	}
	if err := doomed.Kill(); err != nil {
		t.Fatal(err)
	}
	running.Wait()
	times := h.made(t, "two-")
	paid, unknown, made := 0, 0, 0
	for _, o := range all {
		n := times[o.memo]
		made += n
		switch {
		case o.paid && n != 1:
			t.Errorf("%s was confirmed and is in the ledger %d times", o.memo, n)
		case n > 1:
			t.Errorf("%s is in the ledger %d times", o.memo, n)
		case o.paid:
			paid++
		default:
			unknown++
		}
	}
	t.Logf("%d payments: %d answered, %d not", len(all), paid, unknown)
	if unknown > payers {
		t.Errorf("%d payments are not answered; one of each payer can be under way", unknown)
	}
	if got := to.balance(); got != made*each {
		t.Errorf("the payee has %d sat, want %d", got, made*each)
	}
	if after := h.owed(t); after != before {
		t.Errorf("owed are %d msat, were %d", after, before)
	}
	still()
}

// pays orders and confirms once. No answer is no error: then it is not known.
func (p *person) pays(ctx context.Context, sat int, to, memo string) (payment, error) {
	o := payment{memo: memo}
	said, err := p.waits(ctx, fmt.Sprintf("pay %d %s %s", sat, to, memo))
	if said == "" {
		return o, err
	}
	m := codeWord.FindStringSubmatch(said)
	if m == nil {
		return o, fmt.Errorf("pay is answered %q", said)
	}
	o.code = m[1]
	if said, err = p.waits(ctx, "confirm "+o.code); said == "" {
		return o, err
	}
	if o.paid = contains(said, "Paid"); !o.paid {
		return o, fmt.Errorf("confirm is answered %q", said)
	}
	return o, nil
}

// waits is ask for as long as a patient user waits; no answer is "".
func (p *person) waits(ctx context.Context, line string) (string, error) {
	brief, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	said, err := p.ask(brief, "%s", line)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return "", nil
	}
	return said, err
}

// oneOfTwoStops stops a gateway while another one serves: nobody is told that
// anything went away.
func oneOfTwoStops(t *testing.T, h *house) {
	ann := h.rich(t, "both-ann", 1000)
	second := h.second(t)
	ann.settles()
	ann.Inbox()
	if err := second.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := second.Err(); err != nil {
		t.Error(err)
	}
	for range 5 {
		ann.balance()
	}
	for _, s := range ann.Inbox() {
		if leaves(ann)(s) {
			t.Errorf("one of two stopped, and %s left", s.From())
		}
	}
	if err := h.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	ann.awaits("the last one's leaving", func(s xmppclient.Stanza) bool { return leaves(ann)(s) && s.From() == ann.gateway })
	if err := h.gateway.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}
