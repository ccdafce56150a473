package child_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
)

// busyThreads are more than there are cores, so some of them wait for one when
// the process is told to stop.
const busyThreads = 16

// busy never rests, with many threads, from when it has said so.
func busy() {
	for range busyThreads {
		go func() {
			for n := 0; ; n++ {
				_ = n
			}
		}()
	}
	os.Stdout.WriteString("busy\n")
	select {}
}

// Whoever pauses a node relies on it that the node answers nothing any more.
func TestAPausedChildStandsStill(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	p, err := child.Start(child.Command{
		Path: os.Args[0], Log: log,
		Env: []string{"CHILD_TEST_BUSY=1", "GOMAXPROCS=" + strconv.Itoa(busyThreads)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() })
	if err := p.Ready(t.Context(), func(context.Context) error {
		b, err := os.ReadFile(log)
		if err == nil && string(b) != "busy\n" {
			err = fmt.Errorf("it said %q", b)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := p.Pause(); err != nil {
			t.Fatal(err)
		}
		if n := moving(t, p.PID()); n > 0 {
			t.Fatalf("%d threads go on", n)
		}
		if err := p.Pause(); err != nil { // again is no harm
			t.Fatal(err)
		}
		if err := p.Resume(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPauseOfWhatHasEnded(t *testing.T) {
	p := start(t, `exit 0`)
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	if err := p.Pause(); err != nil {
		t.Error(err)
	}
}

func TestStopWakesThePaused(t *testing.T) {
	p := start(t, `while :; do sleep 0.01; done`)
	if err := p.Pause(); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// moving counts the threads of a process that are not stopped.
func moving(t *testing.T, pid int) (n int) {
	t.Helper()
	stats, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "stat"))
	if err != nil || len(stats) == 0 {
		t.Fatalf("no threads: %v", err)
	}
	for _, stat := range stats {
		b, err := os.ReadFile(stat)
		if err != nil {
			t.Fatal(err)
		}
		rest := string(b[strings.LastIndexByte(string(b), ')')+1:])
		if !strings.HasPrefix(rest, " T") {
			n++
		}
	}
	return n
}
