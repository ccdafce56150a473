package audit_test

import (
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// A look at the nodes is written down with its time; one that met another node compared
// nothing with it.
func TestItIsKnownWhenTheNodesWereLookedAt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		compared := func(when string, want int64) {
			t.Helper()
			if at, err := audit.Compared(t.Context(), d.Read()); err != nil || at != want {
				t.Errorf("%s: got %d, %v, want %d", when, at, err, want)
			}
		}
		look := func(g *gateway) {
			t.Helper()
			r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Lately)
			if err != nil {
				t.Fatal(err)
			}
			g.keep(r)
			if other := g.on.keys != nil; r.NoSums != other {
				t.Errorf("no sums: %v, another wallet: %v", r.NoSums, other)
			}
		}
		compared("a new database", 0)
		g := looked(t, d)
		compared("a look", now)
		d.SetClock(func() time.Time { return time.Unix(now+100, 0) })
		g.on.keys = []string{"another"}
		look(g)
		compared("another wallet", now)
		g.on.keys = nil
		look(g)
		compared("the known one again", now+100)
	})
}
