package moneysocketdoor_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
)

// told is a log that can be read meanwhile.
type told struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *told) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *told) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), what)
}

// The log says once that the desk is away, however often it is asked, and once that it
// is back.
func TestADeskThatIsAwayIsToldOfOnce(t *testing.T) {
	d, log := newDesk(), &told{}
	h := open(t, d, func(o *moneysocketdoor.Options) {
		o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	join(t, d.link(seeded()).Seed, h.at).balance(t, 1_000_000)
	for n := 1; n <= 2; n++ {
		before := log.count("does not answer")
		d.change(func() { d.away = errAway })
		until(t, "it was asked often", func() bool { return log.count("does not answer") >= before+10 })
		d.change(func() { d.away = nil })
		until(t, "it is back", func() bool { return log.count("answers again") == n })
		if warned := log.count("level=WARN"); warned != n {
			t.Errorf("warned %d times of %d outages", warned, n)
		}
	}
}
