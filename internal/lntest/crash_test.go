package lntest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// flows are what is under way when the gateway dies, by the first word of the
// crash point.
var flows = map[string]func(*town, hand, string){"invoice": paysFar, "inside": paysNeighbour, "receipt": receives}

// points lists the crash points of the workers of Lightning.
func points(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../worker/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`failpoint\.At\("(([a-z]+)\.[^"]+)"\)`).FindAllStringSubmatch(string(text), -1) {
			if flows[m[2]] != nil && !strings.HasSuffix(name, "_test.go") {
				all = append(all, m[1])
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestCrash dies at every crash point, starts again, and ends as if it had
// never died.
func TestCrash(t *testing.T) {
	all := points(t)
	if len(all) < 8 {
		t.Fatalf("only %q", all)
	}
	needs.Programs(t)
	program := filepath.Join(t.TempDir(), "hand")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "faults", "-o", program, "./testdata/hand").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			for _, point := range all {
				t.Run(point, func(t *testing.T) {
					cfg := dbtest.Empty(t, dialect)
					d := dbtest.Open(t, cfg)
					if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
						t.Fatal(err)
					}
					flow := flows[strings.Split(point, ".")[0]]
					flow(open(t, d), hand{program, cfg}, point)
				})
			}
		})
	}
}

// hand is the gateway that dies.
type hand struct {
	program string
	cfg     db.Config
}

// dies runs a gateway that is to die at a point.
func (h hand) dies(c *town, point string) {
	c.Helper()
	c.ahead.Add(120)
	cmd := exec.CommandContext(c.Context(), h.program, "-driver", h.cfg.Driver, "-file", h.cfg.File, "-dsn", h.cfg.DSN,
		"-lnd", "https://"+c.ours.RESTAddr, "-cert", c.ours.TLSCertPath, "-macaroon", shared.macaroon, "-ahead", fmt.Sprint(c.ahead.Load(), "s"))
	cmd.Env = append(os.Environ(), "BITCOIM_CRASH_AT="+point)
	out, err := cmd.CombinedOutput()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		c.Fatalf("it did not die there: %v\n%s", err, out)
	}
	c.ahead.Add(120) // past what it had claimed
}

func paysFar(c *town, h hand, point string) {
	u := c.user(100_000)
	o := c.orders(u, nil, c.asks(c.far, 20_000_000), 200_000)
	h.dies(c, point)
	if s := c.fresh(o).State; s == paymentorder.Failed || s == paymentorder.Stuck {
		c.Errorf("the order is %s", s)
	}
	c.work("it is paid", c.is(o, paymentorder.Done))
	if err := c.has(u, 80_000_000-amount.Msat(c.fresh(o).Fee.Int64), 0); err != nil {
		c.Error(err)
	}
	if n := c.told(u, "order.paid-invoice"); n != 1 {
		c.Errorf("told %d times", n)
	}
	c.books()
}

func paysNeighbour(c *town, h hand, point string) {
	ann, bob := c.user(100_000), c.user(0)
	bill := c.bill(bob, 7_000_000)
	o := c.orders(ann, bob, bill.Text, 0)
	h.dies(c, point)
	c.work("it is paid", c.is(o, paymentorder.Done))
	if err := c.has(bob, 7_000_000, 0); err != nil {
		c.Error(err)
	}
	if _, err := c.hub.Settle(c.Context(), bill.Text); err == nil {
		c.Error("a stranger could pay it once more")
	}
	c.books()
}

func receives(c *town, h hand, point string) {
	bob := c.user(0)
	bill := c.bill(bob, 3_000_000)
	if _, err := c.far.Settle(c.Context(), bill.Text); err != nil {
		c.Fatal(err)
	}
	h.dies(c, point)
	c.listen(c.node)
	c.until("bob has it", func() error { return c.has(bob, 3_000_000, 0) })
	c.books()
}
