package worker_test

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
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// points lists the crash points that the code of this package names.
func points(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`failpoint\.At\("([^"]+)"\)`).FindAllStringSubmatch(string(text), -1) {
			switch strings.Split(m[1], ".")[0] {
			case "invoice", "inside", "receipt": // internal/lntest goes there
			case "notice": // TestACrashLosesNoNotice goes there
			default:
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
	needs.Programs(t)
	all := points(t)
	if len(all) < 6 {
		t.Fatalf("only %q", all)
	}
	program := filepath.Join(t.TempDir(), "hand")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "faults", "-o", program, "./testdata/hand").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			cfg := dbtest.Empty(t, dialect)
			d := dbtest.Open(t, cfg)
			if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
				t.Fatal(err)
			}
			c := open(t, d)
			h := hand{program, cfg}
			for _, point := range all {
				flow, ok := map[string]func(*town, hand, string){"deposit": deposited, "order": ordered}[strings.Split(point, ".")[0]]
				if !ok {
					t.Fatalf("%s: no test goes there", point)
				}
				c.Run(point, func(t *testing.T) {
					flow(&town{T: t, DB: d, chain: c.chain, lnd: c.lnd, node: c.node, ahead: c.ahead,
						surplus: c.surplus, started: c.started}, h, point)
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

// dies runs a gateway that is to die at a point; false if it never came there.
func (h hand) dies(c *town, point string) bool {
	c.Helper()
	c.ahead.Add(120)
	cmd := exec.CommandContext(c.Context(), h.program, "-driver", h.cfg.Driver, "-file", h.cfg.File, "-dsn", h.cfg.DSN,
		"-lnd", "https://"+c.lnd.RESTAddr, "-cert", c.lnd.TLSCertPath, "-macaroon", c.lnd.MacaroonPath,
		"-ahead", fmt.Sprint(c.ahead.Load(), "s"), "-steps", "4")
	cmd.Env = append(os.Environ(), "BITCOIM_CRASH_AT="+point)
	out, err := cmd.CombinedOutput()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
		return true
	}
	if err != nil {
		c.Fatalf("%v\n%s", err, out)
	}
	c.Logf("%s", out)
	return false
}

func ordered(c *town, h hand, point string) {
	u := c.rich(100_000)
	o := c.order(u, 20_000, 5_000)
	for n := 0; !h.dies(c, point); n++ {
		if n == 5 {
			c.Fatal("it never came there")
		}
		if c.fresh(o).State == paymentorder.InFlight {
			c.mine(1)
		}
	}
	if state := c.fresh(o).State; state == paymentorder.Failed || state == paymentorder.Stuck {
		c.Errorf("the order is %s", state)
	}
	c.ahead.Add(120)
	c.done(o)
	c.once(o)
	fee := amount.Msat(c.fresh(o).Fee.Int64).Sats()
	if err := c.money(u, 80_000-fee, 0); err != nil {
		c.Error(err)
	}
	for _, phrase := range []string{"order.sent", "order.mined"} {
		if n := c.told(u, phrase); n > 1 {
			c.Errorf("%s was told %d times", phrase, n)
		}
	}
	c.clean()
}

func deposited(c *town, h hand, point string) {
	u, addr := c.user()
	txid, err := c.chain.Fund(c.Context(), addr, 30_000)
	if err != nil {
		c.Fatal(err)
	}
	c.mine(1)
	for n := 0; !h.dies(c, point); n++ {
		if n == 5 {
			c.Fatal("it never came there")
		}
	}
	if err := c.money(u, 0, 0); err != nil { // nothing of it is written down
		c.Error(err)
	}
	c.work("it is credited", func() error { return c.coin(txid, deposit.Credited) })
	if err := c.money(u, 30_000, 0); err != nil {
		c.Error(err)
	}
	if n := c.told(u, "deposit.credited"); n != 1 {
		c.Errorf("told %d times", n)
	}
	c.clean()
}
