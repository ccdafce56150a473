package db_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// A gateway serves while another program changes the schema: what it keeps
// prepared is prepared again, and nobody hears of it.
func TestStatementsOutliveAChangeOfTheSchema(t *testing.T) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			all := dbtest.Several(t, dialect, 2)
			notes(t, all[0])
			ask := func() {
				t.Helper()
				var n string
				if err := sqlx.GetContext(t.Context(), all[0].Read(), &n, `SELECT n FROM note WHERE id = $1`, 1); err != nil {
					t.Errorf("a read: %v", err)
				}
				err := all[0].Tx(t.Context(), func(tx *db.Tx) error {
					if err := tx.GetContext(t.Context(), &n, `SELECT n FROM note WHERE id = $1`, 2); err != nil {
						return err
					}
					var list []string
					if err := tx.SelectContext(t.Context(), &list, `SELECT n FROM note`); err != nil {
						return err
					}
					return tx.GetContext(t.Context(), &n, `UPDATE note SET n = n + 1 WHERE id = 1 RETURNING n`)
				})
				if err != nil {
					t.Errorf("a transaction: %v", err)
				}
			}
			for range 3 {
				ask()
			}
			write(t, all[1], `ALTER TABLE note ADD COLUMN more BIGINT NOT NULL DEFAULT 0`)
			ask()
			if dialect == db.Postgres {
				write(t, all[1], `ALTER TABLE note ALTER COLUMN n TYPE NUMERIC`)
			}
			for range 5 {
				ask()
			}
		})
	}
}
