package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/bitcoim/bitcoim/worker"
)

const (
	// spare is how much of the memory in use, in percent, may be garbage beside it.
	// A gateway keeps little, so with Go's usual 100 it would collect many times in
	// a second when many talk: a sixth of the time that a balance takes.
	spare = 200
	// garbage is spare in a gateway with links to apps. Such a link is mostly the
	// stacks of goroutines that wait, which count as in use: with thousands of them
	// the usual 100 would double what they take.
	garbage = 50
	// quiet is how many collections in a minute are those of a gateway that has
	// time for one more.
	quiet = 10
)

// spendMemory prepares for many who talk, unless the operator has decided.
func spendMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(spare)
	}
}

// saveMemory prepares for many idle links, unless the operator has decided. The
// loop gives back to the system what nobody needs.
func saveMemory() []worker.Loop {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(garbage)
	last := uint32(0)
	tidy := func(context.Context) (bool, error) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.NumGC-last <= quiet {
			debug.FreeOSMemory()
			m.NumGC++
		}
		last = m.NumGC
		return false, nil
	}
	return []worker.Loop{{Name: "memory", Poll: time.Minute, Step: tidy}}
}
