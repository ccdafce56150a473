package limeserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/internal/throttle"

	"github.com/bitcoim/bitcoim/lime"
)

// together has so many try at the same time, and returns how long those waited who were
// not sent away, the shortest first.
func together(t *testing.T, f *failures, who string, n int) (waited []time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	begin := time.Now()
	for range n {
		all.Go(func() {
			_, err := f.slow(t.Context(), who)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				waited = append(waited, time.Since(begin))
			case lime.ReasonOf(err, 0).Code != lime.RequestLimit:
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	slices.Sort(waited)
	return waited
}

// What was wrong before, and what is tried at the same time and may be, count alike.
func TestWrongSecretsSlowANetworkDown(t *testing.T) {
	const thief, most, tries = "192.0.2.1", 3, failurePauses + 6
	one := func(int) string { return thief }
	for name, tt := range map[string]struct {
		wrong int
		from  func(int) string
		who   string
		later time.Duration
		free  int // of those who try at the same time cost no time
	}{
		"one less than too many":  {2, one, thief, 0, 1},
		"too many":                {3, one, thief, 0, 0},
		"another network":         {3, one, "192.0.2.2", 0, most},
		"a minute later":          {3, one, thief, time.Minute + 1, most},
		"many of one household":   {3, func(i int) string { return fmt.Sprintf("2001:db8:0:1::%x", i) }, "2001:db8:0:1::9", 0, 0},
		"none before":             {0, one, thief, 0, most},
		"this machine is no one":  {9, func(int) string { return "127.0.0.1" }, "127.0.0.1", 0, tries},
		"who has no address, too": {9, func(int) string { return "" }, "", 0, tries},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, begin := new(failures), time.Now()
				f.allow(most)
				for i := range tt.wrong {
					if _, err := f.slow(t.Context(), tt.from(i)); err != nil || time.Since(begin) != 0 {
						t.Fatalf("number %d waits %s, %v", i, time.Since(begin), err)
					}
				}
				time.Sleep(tt.later)
				want := make([]time.Duration, tt.free)
				for i := 0; i <= failurePauses && len(want) < tries; i++ {
					want = append(want, time.Duration(i)*throttle.Pause)
				}
				if got := together(t, f, tt.who, tries); !slices.Equal(got, want) {
					t.Errorf("they wait %s, want %s", got, want)
				}
			})
		})
	}
}

func TestOnlyARefusedSecretCounts(t *testing.T) {
	const remote = "192.0.2.1"
	for name, tt := range map[string]struct {
		grant  Grant
		err    error
		counts bool
	}{
		"a wrong one":      {Grant{}, lime.ErrRefused, true},
		"a right one":      {Grant{Role: Member}, nil, false},
		"one asked back":   {Grant{Challenge: &lime.Authentication{}}, nil, false},
		"too many before":  {Grant{}, lime.Errorf(lime.RequestLimit, "not now"), false},
		"an unchecked one": {Grant{}, errors.New("no database"), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Server{Log: slog.New(slog.DiscardHandler)}
			s.failures.allow(1)
			s.Authenticators = map[lime.Scheme]Authenticator{lime.SchemePlain: func(context.Context, Login) (Grant, error) {
				if !s.failures.Full(remote) {
					t.Error("while it is looked at it does not count")
				}
				return tt.grant, tt.err
			}}
			if _, err := s.check(t.Context(), Login{Scheme: lime.SchemePlain, Info: lime.Info{Remote: remote}}, schemes); (err != nil) != (tt.err != nil) {
				t.Errorf("got %v", err)
			}
			if got := s.failures.Full(remote); got != tt.counts {
				t.Errorf("counts: %v", got)
			}
		})
	}
}

// Who goes away before the turn comes has not failed.
func TestWhoDoesNotWaitForTheTurnDoesNotCount(t *testing.T) {
	const remote = "192.0.2.1"
	var f failures
	f.allow(1)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var backs []func()
	for range 2 { // so that the next one waits
		back, err := f.slow(t.Context(), remote)
		if err != nil {
			t.Fatal(err)
		}
		backs = append(backs, back)
	}
	if _, err := f.slow(gone, remote); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for _, back := range backs {
		back()
	}
	if f.Full(remote) {
		t.Error("it counts")
	}
}
