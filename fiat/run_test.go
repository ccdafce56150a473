package fiat_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/fiat"
)

// A server that is away is asked again soon, then less often, but never less
// often than usual; the log says it once, and when there is no rate any more.
func TestRunAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var asked []time.Duration
		begin := time.Now()
		away := func(at time.Duration) bool { return at >= 5*time.Minute && at < 20*time.Minute }
		s := source(t, fiat.Options{
			Every: time.Minute, Stale: 4 * time.Minute,
			Log: slog.New(slog.NewTextHandler(&log, nil)),
			Fetch: func(ctx context.Context) ([]byte, error) {
				at := time.Since(begin)
				if asked = append(asked, at); away(at) {
					return nil, errors.New("the price server is away")
				}
				return []byte(`{"EUR": 50000}`), nil
			},
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		have := func(at time.Duration, want string) {
			t.Helper()
			time.Sleep(at - time.Since(begin)) // of the bubble: it takes no time
			synctest.Wait()
			if got := says(s); got != want {
				t.Errorf("after %v: got %s, want %s", at, got, want)
			}
		}
		have(0, "5000.00")
		have(8*time.Minute, "5000.00")
		have(8*time.Minute+time.Second, "none")
		have(21*time.Minute+time.Second, "5000.00")
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		var want []time.Duration
		for _, s := range []int{0, 60, 120, 180, 240, 300, 305, 315, 335, 375, 435, 495} {
			want = append(want, time.Duration(s)*time.Second)
		}
		if len(asked) < len(want) || !reflect.DeepEqual(asked[:len(want)], want) {
			t.Errorf("asked %v, want %v", asked, want)
		}
		for text, times := range map[string]int{"not refreshed": 1, "rates are too old": 1, "there are rates again": 1, "yet": 0} {
			if n := strings.Count(log.String(), text); n != times {
				t.Errorf("the log says %q %d times, want %d:\n%s", text, n, times, &log)
			}
		}
	})
}

func TestRunEndsWhileTheServerIsSilent(t *testing.T) {
	asked := make(chan struct{})
	s := source(t, fiat.Options{Fetch: func(ctx context.Context) ([]byte, error) {
		close(asked)
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	<-asked
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// A server that takes the question and never answers is a failure like any
// other.
func TestASilentServerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := source(t, fiat.Options{Fetch: func(ctx context.Context) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		if err := s.Refresh(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNoRatesYetIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := source(t, fiat.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Fetch: (&server{body: "no"}).fetch})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := s.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
		if n := strings.Count(log.String(), "there are no rates yet"); n != 1 {
			t.Errorf("said %d times:\n%s", n, &log)
		}
	})
}
