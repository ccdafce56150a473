package db_test

import (
	"context"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Who reads a snapshot sees one moment, however much is committed meanwhile, and keeps
// nobody from committing it: neither by a lock nor by a connection that somebody needs.
func TestASnapshotIsOneMomentAndKeepsNobodyOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		users := func(q sqlx.QueryerContext) (n int) {
			t.Helper()
			if err := sqlx.GetContext(t.Context(), q, &n, `SELECT COUNT(*) FROM instance`); err != nil {
				t.Fatal(err)
			}
			return n
		}
		comes := func(name string) {
			t.Helper()
			if err := d.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `INSERT INTO instance (name, seen) VALUES ($1, 1)`, name)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		comes("first")
		var read func(deep int) error
		read = func(deep int) error { // more of them than there are connections to read
			return d.Snapshot(t.Context(), func(q sqlx.QueryerContext) error {
				before := users(q)
				comes(string(rune('a' + deep)))
				if deep < 6 {
					if err := read(deep + 1); err != nil {
						return err
					}
				}
				if after := users(q); after != before || users(d.Read()) != 8 {
					t.Errorf("%d rows became %d, %d are there", before, after, users(d.Read()))
				}
				return nil
			})
		}
		if err := read(0); err != nil {
			t.Fatal(err)
		}
	})
}

func TestASnapshotOnlyReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Snapshot(t.Context(), func(q sqlx.QueryerContext) error {
			var name string
			return sqlx.GetContext(context.Background(), q, &name, `INSERT INTO instance (name, seen) VALUES ('x', 1) RETURNING name`)
		})
		if err == nil {
			t.Error("a snapshot wrote")
		}
	})
}
