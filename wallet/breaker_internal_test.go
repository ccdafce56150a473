package wallet

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/chain"
)

// mute is a node that says nothing until it is told to.
type mute struct {
	ChainNode
	asked atomic.Int64
	speak chan error
}

func (m *mute) Address(ctx context.Context, _ string) (string, error) {
	m.asked.Add(1)
	select {
	case err := <-m.speak:
		return "address", err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// mutes is one, as a desk asks it, and a way to ask it beside, which returns when the
// node is asked or the answer is there.
func mutes() (*mute, *chainBreaker, func(context.Context) <-chan error) {
	m := &mute{speak: make(chan error, 10)}
	h := Breaker(m).(*chainBreaker)
	return m, h, func(ctx context.Context) <-chan error {
		got := make(chan error, 1)
		go func() { _, err := h.Address(ctx, "ann"); got <- err }()
		synctest.Wait()
		return got
	}
}

// asks holds how often the node was asked against how often it should have been.
func (m *mute) asks(t *testing.T, want int64) {
	t.Helper()
	if got := m.asked.Load(); got != want {
		t.Errorf("the node was asked %d times, want %d", got, want)
	}
}

func TestFewWaitForASilentNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, h, beside := mutes()
		one := beside(t.Context())
		time.Sleep(openAfter - 1)
		soon := beside(t.Context()) // it only thinks
		m.asks(t, 2)
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		still := beside(t.Context()) // tries
		m.asks(t, 3)
		begin := time.Now()
		for range 100 {
			if _, err := h.Address(t.Context(), "ann"); !errors.Is(err, chain.ErrUnreachable) {
				t.Fatalf("got %v", err)
			}
		}
		m.asks(t, 3)
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("they waited %s", waited)
		}
		for range 3 {
			m.speak <- nil
		}
		for _, got := range []<-chan error{one, soon, still} {
			if err := <-got; err != nil {
				t.Errorf("got %v", err)
			}
		}
		m.speak <- nil
		if err := <-beside(t.Context()); err != nil { // who comes after the answer asks again
			t.Errorf("got %v", err)
		}
		m.asks(t, 4)
	})
}

func TestANodeThatSpeaksIsAsked(t *testing.T) {
	for name, tt := range map[string]struct {
		says error
		open bool
	}{
		"an answer":          {nil, false},
		"a refusal":          {chain.ErrBadAddress, false},
		"that it catches up": {chain.ErrWarmingUp, false},
		"nothing, at once":   {chain.ErrUnreachable, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, h, beside := mutes()
				for i := range int64(3) { // whatever it said, the next one asks it
					got := beside(t.Context())
					m.asks(t, i+1)
					m.speak <- tt.says
					if err := <-got; !errors.Is(err, tt.says) {
						t.Errorf("got %v", err)
					}
				}
				if h.open != tt.open || h.trying {
					t.Errorf("open: %v, trying: %v", h.open, h.trying)
				}
			})
		})
	}
}

// Who goes away before the answer says nothing about the node, and leaves the question
// to the next.
func TestWhoDoesNotWaitSaysNothingOfTheNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h, beside := mutes()
		for _, open := range []bool{false, true} {
			h.open = open
			ctx, cancel := context.WithCancel(t.Context())
			got := beside(ctx)
			cancel()
			if err := <-got; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if h.open != open || h.trying {
				t.Errorf("open: %v, want %v; trying: %v", h.open, open, h.trying)
			}
		}
	})
}

// Nobody waits longer than so for a node that says nothing: their next words wait behind
// these. Those who come then hear at once that it is away.
func TestNobodyWaitsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, h, beside := mutes()
		one := beside(t.Context())
		time.Sleep(giveUp)
		synctest.Wait()
		select {
		case err := <-one:
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(ChainFault(err), ErrChainAway) {
				t.Errorf("got %v", err)
			}
		default:
			t.Fatal("still waits")
		}
		two := beside(t.Context()) // tries
		if _, err := h.Address(t.Context(), "ann"); !errors.Is(err, chain.ErrUnreachable) {
			t.Errorf("got %v", err)
		}
		m.speak <- nil
		if err := <-two; err != nil {
			t.Error(err)
		}
	})
}
