package audit

import "github.com/bitcoim/bitcoim/freeze"

// Stops are what a report stops payments for.
func Stops(r Report) []freeze.Cause { return r.causes }
