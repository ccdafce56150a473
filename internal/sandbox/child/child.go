// Package child runs server processes that never outlive the program that
// started them.
package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Command says what to run.
type Command struct {
	Path       string
	Args       []string
	Dir        string   // working directory
	Env        []string // added to our own environment
	Log        string   // file that standard output and error are appended to
	Credential *syscall.Credential
}

// Process is a running child.
type Process struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
	err    error // what Wait said, once exited is closed
}

const (
	patience = 2 * time.Minute  // how long Ready waits
	grace    = 30 * time.Second // how long Stop waits before it kills
)

// Start runs a child. The kernel kills it when the thread that forked it ends
// (PR_SET_PDEATHSIG is about threads), so that thread stays with the child.
func Start(c Command) (*Process, error) {
	log, err := os.OpenFile(c.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.Dir, log, log
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true, Credential: c.Credential}

	p := &Process{cmd: cmd, log: c.Log, exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		log.Close()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), err)
	}
	return p, nil
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Err waits for the end of the process and says how it ended: nil when it was
// satisfied, the end of the log when not.
func (p *Process) Err() error {
	<-p.exited
	if p.err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w: %s", p.name(), p.err, p.tail())
}

// Ready waits until probe returns nil, two minutes at most. It fails with the
// end of the log when the process ends first, and with the probe's last error
// when ctx does.
func (p *Process) Ready(ctx context.Context, probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended (%v): %s", p.name(), p.err, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w (%w): %s", p.name(), err, ctx.Err(), p.tail())
		case <-tick.C:
		}
	}
}

// Signal sends a signal to the process. A process that has ended is no error.
func (p *Process) Signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.name(), err)
	}
	return nil
}

// Stop asks the process to end with the given signal and waits for it. It
// fails when the process had to be killed.
func (p *Process) Stop(with syscall.Signal) error {
	if err := errors.Join(p.Signal(with), p.Resume()); err != nil {
		return err
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.exited:
		return nil
	case <-timer.C:
		return errors.Join(fmt.Errorf("%s did not stop in %s: %s", p.name(), grace, p.tail()), p.Kill())
	}
}

// Kill ends the process at once, as a power cut would, and waits for it.
func (p *Process) Kill() error {
	if err := p.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.exited
	return nil
}

func (p *Process) name() string { return filepath.Base(p.cmd.Path) }

// tail is the end of the log.
func (p *Process) tail() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}
