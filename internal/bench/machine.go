package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// machine says where the figures come from.
func machine(ctx context.Context) []string {
	facts := []string{
		fmt.Sprintf("processor   %s, %d cores, %s of memory", field("/proc/cpuinfo", "model name"), runtime.NumCPU(), field("/proc/meminfo", "MemTotal")),
		fmt.Sprintf("system      %s, Linux %s, load %s", field("/etc/os-release", "PRETTY_NAME"), line("/proc/sys/kernel/osrelease"), line("/proc/loadavg")),
		fmt.Sprintf("versions    %s, %s", runtime.Version(), strings.Join(servers(ctx), ", ")),
	}
	if d, err := fsyncTime(); err == nil {
		facts = append(facts, fmt.Sprintf("disk        4 KiB written and synced in %s", d.Round(time.Microsecond)))
	}
	return facts
}

// field is the value of the first line of a file that begins with a name.
func field(path, name string) string {
	text, _ := os.ReadFile(path)
	for l := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(l, name); ok {
			return strings.Trim(strings.TrimSpace(strings.TrimLeft(rest, " \t:=")), `"`)
		}
	}
	return "unknown"
}

func line(path string) string {
	text, _ := os.ReadFile(path)
	first, _, _ := strings.Cut(string(text), "\n")
	return first
}

// servers says which versions of them are installed.
func servers(ctx context.Context) []string {
	var all []string
	for _, name := range []string{"prosody", "ejabberd", "postgresql"} {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f", "${Version}", name).Output()
		version := string(bytes.TrimSpace(out))
		if err != nil || version == "" {
			version = "(unknown version)"
		}
		all = append(all, name+" "+version)
	}
	return all
}

// fsyncTime is how long a small durable write takes here: the median of some.
func fsyncTime() (time.Duration, error) {
	dir, err := os.MkdirTemp("", "bitcoim-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	page := make([]byte, 4096)
	var all []float64
	for range 50 {
		began := time.Now()
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
		all = append(all, float64(time.Since(began)))
	}
	return time.Duration(median(all)), nil
}
