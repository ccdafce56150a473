//go:build !faults

// Package failpoint names the points where a crash must lose nothing. In a usual
// build they are nothing at all; built with the tag faults, the process
// kills itself at the point that BITCOIM_CRASH_AT names.
package failpoint

// At is a point between two steps.
func At(string) {}
