package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// busy is the processor time that this process used so far.
func busy() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// busyProcess is the processor time that another process used so far, in
// steps of a hundredth of a second (proc(5): utime and stime of stat).
func busyProcess(pid int) time.Duration { return ticks(statOf(pid), 11, 12) }

// processor is the processor time that something used so far.
type processor func() time.Duration

// none is that of nothing: SQLite is in the process that uses it.
func none() time.Duration { return 0 }

// tree is that of a process and of all that it started: PostgreSQL has one for each
// connection, and counts those that ended as its own.
func tree(root int) processor {
	return func() time.Duration {
		children := map[int][]int{}
		stats, _ := filepath.Glob("/proc/[0-9]*/stat")
		for _, name := range stats {
			if pid, parent, ok := parentOf(name); ok {
				children[parent] = append(children[parent], pid)
			}
		}
		var all func(pid int) time.Duration
		all = func(pid int) time.Duration {
			sum := busyProcess(pid) + endedOf(pid)
			for _, child := range children[pid] {
				sum += all(child)
			}
			return sum
		}
		return all(root)
	}
}

// parentOf reads a stat of proc(5): of which process it is, and who started that.
func parentOf(name string) (pid, parent int, ok bool) {
	pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
	fields := statOf(pid)
	if err != nil || len(fields) < 2 {
		return 0, 0, false
	}
	parent, err = strconv.Atoi(fields[1])
	return pid, parent, err == nil
}

// endedOf is what the children that a process has waited for used (cutime and cstime).
func endedOf(pid int) time.Duration { return ticks(statOf(pid), 13, 14) }

// statOf are the fields of a stat behind the name of the program, which may have spaces.
func statOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return strings.Fields(rest)
}

// ticks adds fields that count hundredths of a second.
func ticks(fields []string, of ...int) (sum time.Duration) {
	for _, i := range of {
		if i < len(fields) {
			n, _ := strconv.ParseInt(fields[i], 10, 64)
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}
