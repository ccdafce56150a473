package throttle_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/throttle"
)

// window is one by a clock of its own.
func window(most int) (*throttle.Window, *time.Time) {
	now := time.Unix(1_700_000_000, 0)
	return &throttle.Window{Most: most, Per: time.Minute, Pauses: 3, Clock: func() time.Time { return now }}, &now
}

// take does something once more, if key may.
func take(w *throttle.Window, key string) bool {
	if w.Full(key) {
		return false
	}
	w.Add(key)
	return true
}

func TestAWindowCountsEachKey(t *testing.T) {
	w, now := window(3)
	for _, key := range []string{"ann", "bob", ""} {
		for i := range 5 {
			if got := take(w, key); got != (i < 3) {
				t.Errorf("%q, %d: %v", key, i, got)
			}
		}
	}
	*now = now.Add(time.Minute)
	if take(w, "ann") {
		t.Error("it ended before its while")
	}
	*now = now.Add(1)
	if !take(w, "ann") {
		t.Error("it does not end")
	}
}

// However many there were, nobody goes uncounted. Those who were there before are counted
// as they were.
func TestAFullWindowCountsWhoIsNew(t *testing.T) {
	w, now := window(3)
	w.Add("ann")
	for i := range 1 << 18 {
		w.Add(fmt.Sprint("stranger ", i))
	}
	for key, want := range map[string]int{"ann": 2, "bob": 0} { // bob shares a place with many
		got := 0
		for range 5 {
			if take(w, key) {
				got++
			}
		}
		if got != want {
			t.Errorf("%s does it %d times more, want %d", key, got, want)
		}
	}
	*now = now.Add(2 * time.Minute)
	if !take(w, "bob") {
		t.Error("it is full for ever")
	}
}

// Who does nothing that counts keeps no place: however many they are, those who come after
// them have places of their own.
func TestWhatIsTakenBackKeepsNoPlace(t *testing.T) {
	w, _ := window(1)
	for i := range 1 << 16 {
		back, ok := w.Take(fmt.Sprint("friend ", i))
		if !ok {
			t.Fatalf("friend %d is full", i)
		}
		back()
	}
	for i := range 1 << 13 {
		if !take(w, fmt.Sprint("stranger ", i)) {
			t.Fatalf("stranger %d shares a place", i)
		}
	}
}

// Who did nothing may, however many did too much before; of those some are forgotten.
func TestAFullWindowThatForgetsHasRoomForWhoIsNew(t *testing.T) {
	w, _ := window(1)
	w.Forgets = true
	for i := range 1 << 18 {
		if !take(w, fmt.Sprint("stranger ", i)) {
			t.Fatalf("stranger %d did nothing, and is full", i)
		}
	}
	if !take(w, "bob") || take(w, "bob") {
		t.Error("bob has no count of his own")
	}
}

// Of whom most is kept, one is forgotten: who did little is remembered.
func TestAFullWindowForgetsOfWhomMostIsKept(t *testing.T) {
	w, now := window(1)
	w.Forgets = true
	w.Whose = func(key string) string { who, _, _ := strings.Cut(key, " "); return who }
	for i := range 50 {
		take(w, fmt.Sprint("ann ", i))
	}
	for i := range 1 << 17 {
		take(w, fmt.Sprint("eve ", i))
	}
	for i := range 50 {
		if take(w, fmt.Sprint("ann ", i)) {
			t.Errorf("number %d of ann is forgotten", i)
		}
	}
	*now = now.Add(2 * time.Minute)
	if !take(w, "ann 0") {
		t.Error("it is full for ever")
	}
}

func TestWhoDidItTooOftenWaits(t *testing.T) {
	w, now := window(2)
	wait := func(key string, want time.Duration, ok bool) {
		t.Helper()
		if long, _, may := w.Try(key); long != want || may != ok {
			t.Errorf("%s waits %s, %v, want %s, %v", key, long, may, want, ok)
		}
	}
	wait("ann", 0, true)
	wait("ann", 0, true)
	for i := range 4 {
		wait("ann", time.Duration(i)*throttle.Pause, true)
	}
	wait("ann", 0, false)
	wait("bob", 0, true)
	*now = now.Add(throttle.Pause)
	wait("ann", 3*throttle.Pause, true)
	*now = now.Add(time.Minute)
	wait("ann", 0, true)
}

func TestWhatIsTakenBackDoesNotCount(t *testing.T) {
	w, now := window(2)
	for range 9 { // one after another
		long, back, ok := w.Try("ann")
		if long != 0 || !ok {
			t.Fatalf("it waits %s, %v", long, ok)
		}
		back()
	}
	first, _ := w.Take("ann")
	if _, ok := w.Take("ann"); !ok {
		t.Error("the second is too many")
	}
	if _, ok := w.Take("ann"); ok {
		t.Error("three at once are not too many")
	}
	first()
	late, ok := w.Take("ann")
	if !ok {
		t.Fatal("what was taken back counts")
	}
	*now = now.Add(time.Minute + 1)
	for i := range 3 {
		if got := take(w, "ann"); got != (i < 2) {
			t.Errorf("number %d: %v", i, got)
		}
		if i == 0 {
			late() // of the while before
		}
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	if err := throttle.Sleep(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if err := throttle.Sleep(t.Context(), 1); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := throttle.Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
