package component_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component"
)

// silent lets nothing but the test make the server talk.
func silent(cfg *component.Config, _ *desk) {
	cfg.Timing.Ping, cfg.Timing.Silence = time.Hour, 2*time.Hour
	cfg.Limits.Burst = 1 << 30
}

// taken waits until the component has read n bytes more than before.
func (d *door) taken(before uint64, n int) {
	d.t.Helper()
	limit := time.Now().Add(10 * time.Second)
	for d.c.Stats().Wire.BytesIn < before+uint64(n) {
		if time.Now().After(limit) {
			d.t.Fatal("the component does not read")
		}
		time.Sleep(time.Microsecond)
	}
}

// A line of chat is answered though nothing is said after it, wherever the
// network cuts it.
func TestALineIsAnsweredAlone(t *testing.T) {
	d := open(t, silent)
	d.says(chat("first", "x"))
	d.body(d.hears())
	one := chat("m1", "balance &amp; more", "<active xmlns='http://jabber.org/protocol/chatstates'/>")
	two := strings.Replace(chat("m2", "pay 1 bob"), "ann@", "bob@", 1)
	for _, raw := range []string{one, one + two, one + " " + two} {
		want := strings.Count(raw, "<message")
		for cut := range len(raw) {
			before := d.c.Stats().Wire.BytesIn
			d.says(raw[:cut])
			d.taken(before, cut)
			d.says(raw[cut:])
			for range want {
				d.body(d.hears())
			}
		}
	}
}

// Of bursts of any size none is forgotten.
func TestNoLineOfABurstIsForgotten(t *testing.T) {
	d := open(t, silent)
	lines, rounds := 0, 400
	if testing.Short() {
		rounds = 40
	}
	for round := range rounds {
		n := 1 + round*7%97
		var all strings.Builder
		for i := range n {
			from := fmt.Sprintf("u%d@", (round+i)%13)
			all.WriteString(strings.Replace(chat(fmt.Sprint("m", i), "balance"), "ann@", from, 1))
		}
		d.says(all.String())
		for range n {
			d.body(d.hears())
		}
		lines += n
	}
	s := d.c.Stats()
	for tries := 0; s.MessagesOut < int64(lines) && tries < 1000; tries++ { // who hears an answer may be faster than who counts it
		time.Sleep(time.Millisecond)
		s = d.c.Stats()
	}
	if s.MessagesOut != int64(lines) || s.Lost+s.Shed+s.Limited+s.Panics+s.Ignored != 0 {
		t.Errorf("of %d lines: %+v", lines, s)
	}
}
