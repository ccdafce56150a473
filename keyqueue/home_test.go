package keyqueue_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/keyqueue"
)

// An eighth of all is home's: strangers have room in the rest, and what home has of its
// eighth is not kept twice.
func TestRoomIsKeptForHome(t *testing.T) {
	for _, tt := range []struct {
		group           string
		has, home, rest int // what the group, home and all others have, of 1000
		want            bool
	}{
		{"stranger", 0, 0, 874, true}, {"stranger", 0, 0, 875, false},
		{"stranger", 10, 0, 739, true}, {"stranger", 10, 0, 740, false}, {"stranger", 9, 0, 741, true},
		{"stranger", 0, 100, 874, true}, {"stranger", 0, 100, 875, false},
		{"stranger", 0, 125, 874, true}, {"stranger", 0, 300, 699, true}, {"stranger", 0, 300, 700, false},
		{"stranger", 437, 0, 0, true}, {"stranger", 438, 0, 0, false},
		{"home", 0, 0, 875, true}, {"home", 0, 124, 875, true}, {"home", 0, 125, 875, false},
		{"home", 0, 124, 876, false}, {"home", 0, 499, 0, true}, {"home", 0, 500, 0, false},
	} {
		of := map[string]int{"home": tt.home, "others": tt.rest}
		if tt.group != "home" {
			of[tt.group] = tt.has
		}
		if got := keyqueue.Room(of, tt.has+tt.home+tt.rest, 1000, tt.group, "home"); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}

// TestStrangersDoNotHoldThePlacesOfHome has as many wait of each of many groups as there
// are places for all: three of 31 places are kept for home, and used by nobody else.
func TestStrangersDoNotHoldThePlacesOfHome(t *testing.T) {
	l := grouped(4, 10_000)
	l.Slow, l.Spare, l.Kept, l.OfGroup, l.Home = 1, 28, 1, 16, "home"
	free, running := make(chan struct{}), make(chan string, 1000)
	release := sync.OnceFunc(func() { close(free) })
	defer release()
	wait := func(keys ...string) {
		for _, key := range keys {
			if err := l.Do(key, func(context.Context) { running <- key; <-free }); err != nil {
				t.Fatal(err)
			}
		}
	}
	runs := func() (key string) {
		t.Helper()
		select {
		case key = <-running:
		case <-time.After(10 * time.Second):
			t.Fatal("nobody has a place")
		}
		return key
	}
	for group, most := range []int{14, 7, 4, 1, 1, 1, 0, 0, 0, 0, 0, 0} { // of 28
		for i := range 50 {
			wait(fmt.Sprintf("%d@evil%d", i, group))
		}
		for range most {
			runs()
		}
	}
	wait("ann@home", "bob@home", "carl@home")
	for range 3 {
		if key := runs(); !strings.HasSuffix(key, "@home") {
			t.Errorf("%s has a place of home", key)
		}
	}
	release()
	closed(t, l)
}

// TestStrangersDoNotFillTheHouse has many groups wait, each for all that it may: home has
// room.
func TestStrangersDoNotFillTheHouse(t *testing.T) {
	l := grouped(2, 200)
	l.Home = "home"
	free := make(chan struct{})
	for i := range 10_000 {
		_ = l.Do(fmt.Sprintf("%d@evil%d", i, i%300), func(context.Context) { <-free }) // or it is full
	}
	if n := l.Len(); n != 175 {
		t.Errorf("%d of strangers wait, want 175 of 200", n)
	}
	for i := range 25 {
		if err := l.Do(fmt.Sprintf("%d@home", i), func(context.Context) {}); err != nil {
			t.Fatalf("number %d of home is turned away: %v", i, err)
		}
	}
	close(free)
	closed(t, l)
}
