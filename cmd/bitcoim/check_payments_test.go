package main

import (
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Nothing is known to stop payments also in books that were restored, and nobody has
// looked since the copy was made.
func TestCheckSaysSinceWhenNobodyLooked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		says := func(when, want string, warns bool) {
			t.Helper()
			said, err := knownToStop(t.Context(), d, time.Hour)
			if err != nil || !strings.HasPrefix(said, "nothing that is known stops them; ") || !strings.Contains(said, want) ||
				strings.Contains(said, "bitcoim audit -world") != warns {
				t.Errorf("%s: got %q, %v", when, said, err)
			}
		}
		says("a new database", "never compared with the nodes", true)

		now := time.Now().Truncate(time.Second)
		d.SetClock(func() time.Time { return now })
		r := audit.Report{}
		f.do(func(tx *db.Tx) error { _, err := r.Keep(t.Context(), tx); return err })
		says("a look at the books alone", "never compared with the nodes", true)
		f.do(func(tx *db.Tx) error { return cursor.Set(t.Context(), tx, "look.chain", "x", now.Unix()) })
		looked := "last compared with the nodes " + now.UTC().Format(time.DateTime)
		says("just now", looked, false)
		d.SetClock(func() time.Time { return now.Add(time.Hour) })
		says("an hour ago", looked, false)
		d.SetClock(func() time.Time { return now.Add(time.Hour + time.Second) })
		says("longer ago", looked, true)

		f.stop(spent)
		if said, err := knownToStop(t.Context(), d, time.Hour); err == nil || !strings.Contains(err.Error(), spent.Ref) {
			t.Errorf("while something stops them: %q, %v", said, err)
		}
	})
}
