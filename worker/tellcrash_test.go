package worker_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/outbox"
)

// A gateway dies after it has claimed a batch, or when the door has taken it and nothing
// is written down. After the lease all of it is told, once more if need be, and in order.
func TestACrashLosesNoNotice(t *testing.T) {
	program := filepath.Join(t.TempDir(), "mouth")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "faults", "-o", program, "./testdata/mouth").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	users := []string{"ann", "bob", "cat"}
	for point, said := range map[string]int{"notice.claimed": 0, "notice.said": 3} {
		for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
			t.Run(point+" "+dialect.String(), func(t *testing.T) {
				cfg := dbtest.Empty(t, dialect)
				d := dbtest.Open(t, cfg)
				if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
					t.Fatal(err)
				}
				for i := range 3 * len(users) {
					err := d.Tx(t.Context(), func(tx *db.Tx) error {
						return outbox.Add(t.Context(), tx, outbox.Notice{User: users[i%3]}, epoch)
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				for _, life := range []struct {
					name  string
					dies  bool
					ahead int64
					each  int // notices that each user hears
				}{
					{"the first dies", true, 0, said},
					{"the next one waits for its lease", false, 29, 0},
					{"and tells all of it", false, 30, 3},
					{"and no more", false, 1000, 0},
				} {
					cmd := exec.CommandContext(t.Context(), program, "-driver", cfg.Driver, "-file", cfg.File, "-dsn", cfg.DSN, "-at", fmt.Sprint(epoch+life.ahead))
					if life.dies {
						cmd.Env = append(os.Environ(), "BITCOIM_CRASH_AT="+point)
					}
					var out, log bytes.Buffer
					cmd.Stdout, cmd.Stderr = &out, &log
					err := cmd.Run()
					dead, _ := errors.AsType[*exec.ExitError](err)
					if died := dead != nil && dead.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL; died != life.dies || err != nil && !died {
						t.Fatalf("%s: %v\n%s", life.name, err, log.String())
					}
					heard := map[string][]string{}
					for line := range strings.Lines(out.String()) {
						user, number, _ := strings.Cut(strings.TrimSpace(line), " ")
						heard[user] = append(heard[user], number)
					}
					for i, user := range users {
						if want := []string{fmt.Sprint(i + 1), fmt.Sprint(i + 4), fmt.Sprint(i + 7)}[:life.each]; !slices.Equal(heard[user], want) {
							t.Errorf("%s: %s hears %q, want %q", life.name, user, heard[user], want)
						}
					}
				}
			})
		}
	}
}
