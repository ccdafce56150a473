package fiat_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fiat"
)

// noon is when a test begins.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// server answers what a test wants, and has a clock of its own.
type server struct {
	mu   sync.Mutex
	body string
	err  error
	now  time.Time
}

func (s *server) fetch(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []byte(s.body), s.err
}

func (s *server) clock() time.Time { return s.now }

func source(t *testing.T, o fiat.Options) *fiat.Source {
	t.Helper()
	s, err := fiat.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// says is what ten million satoshi are in EUR, or "none".
func says(s *fiat.Source) string {
	r, ok := s.Of("eur")
	if !ok {
		return "none"
	}
	return r.Units(amount.BTC / 10)
}

func TestTheLastGoodRatesAreKeptForAWhile(t *testing.T) {
	from := &server{now: noon}
	s := source(t, fiat.Options{Fetch: from.fetch, Clock: from.clock, Stale: time.Hour})
	for _, step := range []struct {
		name, body string
		err        error
		after      time.Duration
		want       string
	}{
		{"nothing is known at first", `<html>`, nil, 0, "none"},
		{"a rate comes", `{"EUR": 50000}`, nil, 0, "5000.00"},
		{"a senseless answer changes nothing", `{"EUR": 0}`, nil, 10 * time.Minute, "5000.00"},
		{"nor does silence", ``, errors.New("silence"), 20 * time.Minute, "5000.00"},
		{"nor does half an answer", `{"EUR": 6`, nil, 30 * time.Minute, "5000.00"},
		{"but in the end it is too old", ``, errors.New("silence"), time.Second, "none"},
		{"until there is a new one", `{"EUR": 60000}`, nil, time.Hour, "6000.00"},
		{"what is not in it any more is not known any more", `{"USD": 60000}`, nil, 0, "none"},
	} {
		from.body, from.err, from.now = step.body, step.err, from.now.Add(step.after)
		err := s.Refresh(t.Context())
		if _, bad := fiat.Parse([]byte(step.body)); (err == nil) != (step.err == nil && bad == nil) {
			t.Errorf("%s: %v", step.name, err)
		}
		if got := says(s); got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
	}
}

func TestARateSaysOfWhenItIs(t *testing.T) {
	from := &server{now: noon, body: `{"EUR": 50000, "USD": 1, "time": 12}`}
	s := source(t, fiat.Options{Fetch: from.fetch, Clock: from.clock})
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	from.now = noon.Add(time.Minute)
	r, ok := s.Of("EUR")
	if !ok || !r.At.Equal(noon) || r.Code != "EUR" || r.Symbol != "€" {
		t.Errorf("got %v, %v", r, ok)
	}
	r.PerBTC.SetInt64(1) // it is the caller's own
	if got := says(s); got != "5000.00" {
		t.Errorf("after somebody changed what he was given: %s", got)
	}
	if got := s.Codes(); !reflect.DeepEqual(got, []string{"EUR", "USD"}) {
		t.Errorf("the codes are %v", got)
	}
	from.now = noon.Add(2 * time.Hour)
	if got := s.Codes(); len(got) > 0 {
		t.Errorf("there are still %v", got)
	}
}

func TestAFileIsReadAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "rates.json")
	now := noon
	s := source(t, fiat.Options{File: name, Clock: func() time.Time { return now }, Stale: time.Hour})
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name   string
		change func()
		good   bool
		want   string
	}{
		{"there is none", func() {}, false, "none"},
		{"it is written", func() { write(`{"EUR": 50000}`, noon) }, true, "5000.00"},
		{"it is changed, and is as long", func() { write(`{"EUR": 60000}`, noon) }, true, "6000.00"},
		{"it is being written", func() { write(`{"EUR": 7`, noon) }, false, "6000.00"},
		{"it is absurdly long", func() { write(`{"EUR": 70000}`+strings.Repeat(" ", fiat.Longest), noon) }, false, "6000.00"},
		{"it is gone", func() { _ = os.Remove(name) }, false, "6000.00"},
		{"it is a folder", func() { _ = os.Mkdir(name, 0o700) }, false, "6000.00"},
		{"it is a pipe that nobody writes to", func() { _ = os.Remove(name); _ = syscall.Mkfifo(name, 0o600) }, false, "6000.00"},
		{"nobody writes it any more", func() { _ = os.Remove(name); write(`{"EUR": 50000}`, noon); now = noon.Add(61 * time.Minute) }, true, "none"},
		{"it is from the future", func() { write(`{"EUR": 50000}`, now.Add(time.Hour)) }, true, "5000.00"},
		{"which is only as good as now", func() { _ = os.Remove(name); now = now.Add(61 * time.Minute) }, false, "none"},
	} {
		step.change()
		if err := s.Refresh(t.Context()); (err == nil) != step.good {
			t.Errorf("%s: %v", step.name, err)
		}
		if got := says(s); got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	from := &server{}
	for name, o := range map[string]fiat.Options{
		"neither file nor server":   {},
		"both":                      {File: "rates.json", Fetch: from.fetch},
		"a negative time":           {Fetch: from.fetch, Every: -time.Second},
		"another":                   {Fetch: from.fetch, Stale: -time.Second},
		"too old before the next":   {Fetch: from.fetch, Every: time.Hour},
		"too old at once":           {File: "rates.json", Stale: time.Second},
		"too old exactly at a look": {Fetch: from.fetch, Every: time.Minute, Stale: time.Minute},
	} {
		if _, err := fiat.New(o); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func TestNoSourceHasNoRates(t *testing.T) {
	var none *fiat.Source
	if _, ok := none.Of("EUR"); ok || len(none.Codes()) > 0 {
		t.Error("there is a rate from nowhere")
	}
}
