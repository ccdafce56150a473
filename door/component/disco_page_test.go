package component

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Whoever turns pages to the end, or from the end to the start, sees every
// item once and in order.
func TestPagesHoldEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var items []*Element
		for i := range rapid.IntRange(0, 700).Draw(t, "items") {
			items = append(items, item("gateway.example.org", "n"+strconv.Itoa(i), ""))
		}
		most := rapid.IntRange(1, 300).Draw(t, "max")
		back := rapid.Bool().Draw(t, "backwards")
		seen := make(map[string]bool)
		for from := ""; ; {
			set := El(nsRSM, "set", El(nsRSM, "max").Says(strconv.Itoa(most)))
			if back {
				set.Add(El(nsRSM, "before").Says(from))
			} else if from != "" {
				set.Add(El(nsRSM, "after").Says(from))
			}
			answer, err := page(El(nsItems, "query"), set, items)
			if err != nil {
				t.Fatal(err)
			}
			where := answer.Child(nsRSM, "set")
			for _, e := range answer.Children {
				if e == where {
					continue
				}
				if seen[uid(e)] {
					t.Fatalf("%s twice", uid(e))
				}
				seen[uid(e)] = true
			}
			if len(answer.Children) == 1 {
				break
			}
			if from = where.ChildText(nsRSM, "last"); back {
				from = where.ChildText(nsRSM, "first")
			}
		}
		if len(seen) != len(items) {
			t.Fatalf("%d of %d", len(seen), len(items))
		}
	})
}
