package nodes_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
)

func TestBuild(t *testing.T) {
	needs.Programs(t)
	for choice, want := range map[string]string{"": "lnd version 0.20.1", "newest": "lnd version 0.21.3"} {
		t.Run(choice, func(t *testing.T) {
			t.Setenv(nodes.Choice, choice)
			bin, err := nodes.Build(t.Context(), os.Stderr)
			if err != nil {
				t.Fatal(err)
			}
			for path, want := range map[string]string{bin.Btcd: "btcd version", bin.Lnd: want} {
				out, err := exec.Command(path, "--version").CombinedOutput()
				if err != nil || !strings.Contains(string(out), want) {
					t.Errorf("%s: got %q (%v), want %q", path, out, err, want)
				}
			}
			again, err := nodes.Build(t.Context(), nil)
			if err != nil || again != bin {
				t.Errorf("second build: got %v (%v), want %v", again, err, bin)
			}
		})
	}
	t.Setenv(nodes.Choice, "oldest")
	if bin, err := nodes.Build(t.Context(), nil); err == nil {
		t.Errorf("a choice that is none: got %v", bin)
	}
}

func TestBitcoindFromTheEnvironment(t *testing.T) {
	t.Setenv("BITCOIND", "/bin/true")
	if path, ok := nodes.Bitcoind(); !ok || path != "/bin/true" {
		t.Errorf("got %q %v", path, ok)
	}
	t.Setenv("BITCOIND", "/no/such/bitcoind")
	if path, ok := nodes.Bitcoind(); ok {
		t.Errorf("got %q, want nothing", path)
	}
}
