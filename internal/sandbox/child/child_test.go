package child_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
)

func TestMain(m *testing.M) {
	if os.Getenv("CHILD_TEST_PARENT") != "" {
		parent()
		return
	}
	if os.Getenv("CHILD_TEST_BUSY") != "" {
		busy()
	}
	goleak.VerifyTestMain(m)
}

// parent starts a child, says its process id, and waits to be killed.
func parent() {
	p, err := child.Start(child.Command{Path: "/bin/sleep", Args: []string{"600"}, Log: os.DevNull})
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(strconv.Itoa(p.PID()) + "\n")
	<-p.Exited()
}

func start(t *testing.T, args ...string) *child.Process {
	t.Helper()
	p, err := child.Start(child.Command{Path: "/bin/sh", Args: append([]string{"-c"}, args...), Log: filepath.Join(t.TempDir(), "log")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() })
	return p
}

func TestStopAsksFirst(t *testing.T) {
	p := start(t, `trap 'echo bye; exit 0' TERM; while :; do sleep 0.01; done`)
	if err := p.Stop(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

func TestReadyTellsWhyAChildEnded(t *testing.T) {
	p := start(t, `echo no such config >&2; exit 3`)
	err := p.Ready(t.Context(), func(context.Context) error { return errors.New("not yet") })
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "no such config") {
		t.Errorf("got %v", err)
	}
}

func TestReadyEndsWithItsContext(t *testing.T) {
	p := start(t, `while :; do sleep 0.01; done`)
	ctx, cancel := context.WithCancel(t.Context())
	err := p.Ready(ctx, func(context.Context) error { cancel(); return errors.New("not yet") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestChildDiesWithItsParent(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CHILD_TEST_PARENT=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 32)
	n, _ := out.Read(line)
	pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for alive(pid) {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the child lives on")
		}
	}
}

// alive says whether a process runs; a zombie does not.
func alive(pid int) bool {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return false
	}
	rest := string(b[strings.LastIndexByte(string(b), ')')+1:])
	return !strings.HasPrefix(rest, " Z")
}
