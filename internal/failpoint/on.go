//go:build faults

// Package failpoint names the points where a crash must lose nothing.
package failpoint

import (
	"os"
	"syscall"
)

// At kills the process, as kill -9 does, if it is the point to die at.
func At(point string) {
	if os.Getenv("BITCOIM_CRASH_AT") == point {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}
