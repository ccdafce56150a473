package limedoor

import (
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/throttle"
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

// flood tries at so many made-up names, of which there is no end, from the households of
// so many sites.
func (g *guesser) flood(names, sites int) {
	for i := range names {
		g.guess(fmt.Sprint("u", i), fmt.Sprintf("2001:dba:%x:%x::/64", i%sites, i%65536))
	}
}

// For hours somebody tries at more names than are remembered. Then ann's name is besieged.
// She never mistyped, and comes in; and at her name the places that guessed before are
// remembered.
func TestAFullTableKeepsNobodyOut(t *testing.T) {
	const hotel = "203.0.113.7/32"
	for _, sites := range []int{1, 200} {
		t.Run(fmt.Sprintf("sites=%d", sites), func(t *testing.T) {
			g := newGuesser(t)
			thief := func(i int) string { return fmt.Sprintf("2001:db8:%x::/64", i) }
			for i := range mostWrong + mostPauses + mostMistyped {
				g.guess("ann", thief(i%16))
			}
			g.flood(1<<17, sites)
			for i := range 16 {
				if !g.mistyped.Full(atPlace("ann", place(thief(i)))) {
					t.Errorf("%s is not remembered", thief(i))
				}
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

// Who makes up more names than are remembered does not find out by the waits which there
// are: a name at which nobody guessed does not wait, whoever guessed at how many others.
func TestMadeUpNamesMakeNoOtherWait(t *testing.T) {
	g := newGuesser(t)
	g.flood(1<<18, 200)
	for i := range 100 {
		if got := g.waits(fmt.Sprint("somebody", i), "198.51.100.9/32"); got != 0 {
			t.Fatalf("name %d waits %d", i, got)
		}
	}
}
