package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// PostgreSQL is one process for each connection and some of its own, all
// children of the first. A fault must strike them all.

// Pause freezes the server: its connections stay open and nothing answers.
func (s *Server) Pause() error {
	if err := s.process.Pause(); err != nil { // first, so that no child is born
		return err
	}
	return s.backends(syscall.SIGSTOP)
}

// Resume lets a paused server go on.
func (s *Server) Resume() error {
	return errors.Join(s.backends(syscall.SIGCONT), s.process.Resume())
}

// Kill ends the server and its backends at once, as a power cut would, and
// waits for all of them: while one lives, no server starts again.
func (s *Server) Kill() error {
	if err := s.process.Pause(); err != nil {
		return err
	}
	pids, err := s.children()
	for _, pid := range pids {
		fd, open := unix.PidfdOpen(pid, 0)
		if open != nil {
			continue // it has ended
		}
		defer unix.Close(fd)
		defer ended(fd)
	}
	return errors.Join(err, s.backends(syscall.SIGKILL), s.process.Kill())
}

// ended waits until the process behind fd has ended.
func ended(fd int) {
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if err != unix.EINTR {
			return
		}
	}
}

// backends signals all children.
func (s *Server) backends(with syscall.Signal) error {
	pids, err := s.children()
	if err != nil {
		return err
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, with); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal backend %d: %w", pid, err)
		}
	}
	return nil
}

// children lists the processes that the server forked. A server that has ended
// has none.
func (s *Server) children() ([]int, error) {
	first := strconv.Itoa(s.process.PID())
	b, err := os.ReadFile("/proc/" + first + "/task/" + first + "/children")
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, word := range bytes.Fields(b) {
		pid, err := strconv.Atoi(string(word))
		if err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
