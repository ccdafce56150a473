package e2e_test

import (
	"context"
	"fmt"
	"testing"
)

func frozenDatabase(t *testing.T, h *house) {
	midOrder(t, h, "frozen", func() error { return h.Postgres.Pause() }, func() error { return h.Postgres.Resume() })
}

func killedDatabase(t *testing.T, h *house) {
	midOrder(t, h, "killed", func() error { return h.Postgres.Kill() }, func() error { return h.Postgres.Restart(context.Background()) })
}

func restartedDatabase(t *testing.T, h *house) {
	midOrder(t, h, "restarted", func() error { return h.Postgres.Stop() }, func() error { return h.Postgres.Restart(context.Background()) })
}

// midOrder takes the database away while three users pay, and gives it back.
// Whatever they were told in between, in the end each payment is made once.
func midOrder(t *testing.T, h *house, name string, away, back func() error) {
	const payers, payments, each = 3, 12, 7
	still, before := h.alive(t), h.owed(t)
	to := h.member(t, name+"-to")
	var people []*person
	for i := range payers {
		people = append(people, h.rich(t, fmt.Sprintf("%s-%d", name, i), 1000))
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	begun := make(chan struct{}, payers*payments)
	failed := make(chan error, payers)
	for _, p := range people {
		go func() {
			failed <- func() error {
				for i := range payments {
					o, err := p.drafts(ctx, each, to.name, fmt.Sprintf("%s-%d", p.name, i))
					if err != nil {
						return err
					}
					begun <- struct{}{}
					if err := p.insists(ctx, &o); err != nil {
						return err
					}
				}
				return nil
			}()
		}()
	}
	for range payers * payments / 3 {
		<-begun
	}
	if err := away(); err != nil {
		t.Fatal(err)
	}
	// Nobody learns anything before it is back, or is told that it is away.
	watcher, told := h.enter(t, name+"-watcher"), make(chan string, 1)
	go func() {
		said, err := watcher.ask(ctx, "balance")
		told <- fmt.Sprint(said, err)
	}()
	if name != "frozen" {
		if said := <-told; !sorry(said) {
			t.Errorf("without a database a question is answered %s", said)
		}
	}
	if err := back(); err != nil {
		t.Fatal(err)
	}
	for range people {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if name == "frozen" {
		if said := <-told; !contains(said, "no account here") {
			t.Errorf("a question is answered %s", said)
		}
	}
	times := h.made(t, name+"-")
	if len(times) != payers*payments {
		t.Errorf("%d payments are made, want %d", len(times), payers*payments)
	}
	for memo, n := range times {
		if n != 1 {
			t.Errorf("%s is paid %d times", memo, n)
		}
	}
	if got := to.balance(); got != payers*payments*each {
		t.Errorf("the payee has %d sat, want %d", got, payers*payments*each)
	}
	if after := h.owed(t); after != before {
		t.Errorf("owed are %d msat, were %d", after, before)
	}
	still()
}
