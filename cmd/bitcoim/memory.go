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

// memory prepares for many who talk, or for many idle links to apps, unless the
// operator has decided. With links, its loop gives back to the system what nobody
// needs.
func memory(links bool) []worker.Loop {
	switch {
	case os.Getenv("GOGC") != "":
		return nil
	case !links:
		debug.SetGCPercent(spare)
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
