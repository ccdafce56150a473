package door

import (
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime/internal/throttle"
)

// Somebody keeps the queue for ann's name full, from as many places as it takes.
func TestTheOwnerIsNotKeptOut(t *testing.T) {
	const hotel = "203.0.113.7/32"
	thieves := 0
	// press has so many try, each from a place of its own.
	press := func(g *guesser, n int) {
		for range n {
			thieves++
			g.guess("ann", fmt.Sprintf("2001:db8:%x::/64", thieves))
		}
	}
	besieged := func(t *testing.T) *guesser {
		g := newGuesser(t)
		press(g, mostWrong)
		return g
	}
	t.Run("from a new place they wait, and come in", func(t *testing.T) {
		g := besieged(t)
		for range 60 {
			press(g, 2)
			long, back, ok := g.wait("ann", hotel)
			if !ok || long > mostPauses*throttle.Pause {
				t.Fatalf("ann waits %s, %v", long, ok)
			}
			back()
			g.now = g.now.Add(time.Second)
		}
	})
	t.Run("also after a mistake or two", func(t *testing.T) {
		g := besieged(t)
		for i := range mostMistyped + 1 {
			press(g, 2*mostPauses)
			if ok := g.guess("ann", hotel); ok != (i < mostMistyped) {
				t.Errorf("after %d mistakes: %v", i, ok)
			}
		}
	})
	t.Run("a site makes few mistakes, whatever its households", func(t *testing.T) {
		g, checked := besieged(t), 0
		press(g, mostPauses+1)
		for i := range 1000 {
			if g.guess("ann", fmt.Sprintf("2001:dba:f00:%x::/64", i)) {
				checked++
			}
		}
		if checked != mostMistyped {
			t.Errorf("%d guesses of one site were checked", checked)
		}
	})
	t.Run("a day later mistakes are forgotten", func(t *testing.T) {
		g := besieged(t)
		for range mostMistyped {
			g.guess("ann", hotel)
		}
		g.now = g.now.Add(mistypeLasts + 1)
		press(g, mostWrong+mostPauses+1)
		if !g.guess("ann", hotel) {
			t.Error("ann is sent away")
		}
	})
}

// For hours somebody tries at names, from the households of one site: at made-up ones, of
// which there is no end, or at those of users from more places than are remembered. Then
// ann's name is besieged. She never mistyped, and comes in; and at her name the places
// that guessed before are remembered, however many names were made up.
func TestAFullTableKeepsNobodyOut(t *testing.T) {
	const hotel = "203.0.113.7/32"
	for flood, nobody := range map[string]bool{"made-up names": true, "names of users": false} {
		t.Run(flood, func(t *testing.T) {
			g := newGuesser(t)
			thief := func(i int) string { return fmt.Sprintf("2001:db8:%x::/64", i) }
			for i := range mostWrong + mostPauses + mostMistyped {
				g.guess("ann", thief(i%16))
			}
			for i := range 1 << 17 {
				name, from := fmt.Sprint("u", i), fmt.Sprintf("2001:dba:f00:%x::/64", i%65536)
				g.pace.wait(try{name: name, nobody: nobody, from: from})
			}
			remembered := 0
			for i := range 16 {
				if g.users.mistyped.Full("ann " + place(thief(i))) {
					remembered++
				}
			}
			if nobody && remembered != 16 {
				t.Errorf("of 16 places that guessed %d are remembered", remembered)
			}
			for i := range 60 {
				for range 3 {
					g.guess("ann", thief(1000+i))
				}
				_, back, ok := g.wait("ann", hotel)
				if !ok {
					t.Fatalf("ann is sent away at second %d", i)
				}
				back()
				g.now = g.now.Add(time.Second)
			}
		})
	}
}

// Nobody finds out by the waits whether there is a user of that name.
func TestANameThatNobodyHasWaitsAsLong(t *testing.T) {
	g := newGuesser(t)
	for i := range 2 * (mostWrong + mostPauses) {
		from := fmt.Sprintf("10.0.0.%d/32", i/(mostMistyped+1))
		long, _, ok := g.wait("ann", from)
		if other, _, may := g.pace.wait(try{name: "nobody", nobody: true, from: from}); other != long || may != ok {
			t.Fatalf("try %d: %s %v for ann, %s %v for nobody", i, long, ok, other, may)
		}
	}
}
