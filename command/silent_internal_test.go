package command

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/chain"
)

// mute is a node that says nothing until it is told to.
type mute struct {
	chain.Node
	asked chan struct{}
	speak chan error
}

func (m *mute) Address(ctx context.Context, _ string) (string, error) {
	m.asked <- struct{}{}
	select {
	case err := <-m.speak:
		return "address", err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// isAsked waits until somebody asks.
func (m *mute) isAsked(t *testing.T) {
	t.Helper()
	select {
	case <-m.asked:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody asks the node")
	}
}

// mutes is one, as a desk asks it that has the patience, and a way to ask it beside.
func mutes(t *testing.T, patience time.Duration) (*mute, *heardChain, func(context.Context) <-chan error) {
	m := &mute{asked: make(chan struct{}, 10), speak: make(chan error, 10)}
	h := &heardChain{m, silence{after: patience}}
	return m, h, func(ctx context.Context) <-chan error {
		got := make(chan error, 1)
		go func() { _, err := h.Address(ctx, "ann"); got <- err }()
		return got
	}
}

// turnsSilent waits until a node counts as silent.
func turnsSilent(t *testing.T, h *heardChain) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		h.s.mu.Lock()
		silent := h.s.silent
		h.s.mu.Unlock()
		if silent {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the node does not count as silent")
		}
	}
}

func TestFewWaitForASilentNode(t *testing.T) {
	m, h, beside := mutes(t, 1)
	one := beside(t.Context())
	m.isAsked(t)
	turnsSilent(t, h)
	two := beside(t.Context()) // asks whether it still is
	m.isAsked(t)
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 100 {
		if _, err := h.Address(soon, "ann"); !errors.Is(err, chain.ErrUnreachable) {
			t.Fatalf("got %v", err)
		}
	}
	if len(m.asked) > 0 {
		t.Error("somebody else waits for the node, too")
	}
	m.speak <- nil
	m.speak <- nil
	if a, b := <-one, <-two; a != nil || b != nil {
		t.Errorf("got %v and %v", a, b)
	}
}

func TestANodeThatSpeaksIsAsked(t *testing.T) {
	for name, tt := range map[string]struct {
		says   error
		silent bool
	}{
		"an answer":          {nil, false},
		"a refusal":          {chain.ErrBadAddress, false},
		"that it catches up": {chain.ErrWarmingUp, false},
		"nothing, at once":   {chain.ErrUnreachable, true},
	} {
		t.Run(name, func(t *testing.T) {
			m, h, beside := mutes(t, time.Hour)
			for range 3 { // whatever it said, the next one asks it
				got := beside(t.Context())
				m.isAsked(t)
				m.speak <- tt.says
				if err := <-got; !errors.Is(err, tt.says) {
					t.Errorf("got %v", err)
				}
			}
			if h.s.silent != tt.silent || h.s.asked {
				t.Errorf("silent: %v, asked: %v", h.s.silent, h.s.asked)
			}
		})
	}
}

// Who goes away before the answer says nothing about the node, and leaves the question
// to the next.
func TestWhoDoesNotWaitSaysNothingOfTheNode(t *testing.T) {
	m, h, beside := mutes(t, time.Hour)
	for _, silent := range []bool{false, true} {
		h.s.silent = silent
		ctx, cancel := context.WithCancel(t.Context())
		got := beside(ctx)
		m.isAsked(t)
		cancel()
		if err := <-got; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if h.s.silent != silent || h.s.asked {
			t.Errorf("silent: %v, want %v; asked: %v", h.s.silent, silent, h.s.asked)
		}
	}
}
