package db_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Lists of values make queries of any number. They all work, and no more
// statements than a fixed number are kept for them, here or on the server.
func TestStatementsAreBounded(t *testing.T) {
	const queries = 1500
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		notes(t, d)
		ask := func(q sqlx.QueryerContext, n int) {
			t.Helper()
			var got int
			query := "SELECT " + fmt.Sprint(n) + " + COUNT(*) FROM note WHERE id IN (" + strings.TrimSuffix(strings.Repeat("1,", n%7+1), ",") + ")"
			if err := sqlx.GetContext(t.Context(), q, &got, query); err != nil || got != n+1 {
				t.Fatalf("query %d: got %d, %v", n, got, err)
			}
		}
		for n := range queries {
			ask(d.Read(), n)
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			for n := range queries {
				ask(tx, n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for n := range queries { // those that are kept, and the others
			ask(d.Read(), n)
		}
		if read, wrote := d.Kept(); read > db.Most || wrote > db.Most || read < db.Most/2 || wrote < db.Most/2 {
			t.Errorf("%d and %d statements are kept, at most %d may be", read, wrote, db.Most)
		}
	})
}
