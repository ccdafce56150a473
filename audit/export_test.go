package audit

import (
	"slices"

	"github.com/bitcoim/bitcoim/freeze"
)

// Rules are the names of what Books checks beside the ledger.
func Rules() []string {
	var all []string
	for _, b := range slices.Concat(books, steps) {
		all = append(all, b.rule)
	}
	return all
}

// Stops are what a report stops payments for.
func Stops(r Report) []freeze.Cause { return r.causes }
