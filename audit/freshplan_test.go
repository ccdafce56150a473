package audit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// old writes n payments of ann's to bob that are over, and a look that found them right.
func (w *town) old(n int) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
INSERT INTO payment_order (user_id, code, state, to_user, said_to, said_at, amount, fee_limit, created, expires, confirmed, ended)
SELECT $2, 'old' || i, 'done', $3, 'bob', '', 1000, 0, $4 - i * 60, $4, $4 - i * 60, $4 - i * 60 FROM n`, n, w.ann.ID, w.bob.ID, now-7200)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || o.id, 'pay', u.money, p.money, o.amount, o.confirmed
FROM payment_order o JOIN user_account u ON u.id = o.user_id JOIN user_account p ON p.id = o.to_user WHERE o.code LIKE 'old%' ORDER BY o.id`)
		return err
	})
	w.takesAway()
	if w.d.Dialect == db.Postgres {
		w.tx(func(ctx context.Context, tx *db.Tx) error { _, err := tx.ExecContext(ctx, `ANALYZE`); return err })
	}
}

// scan is a step of a plan of PostgreSQL, with what it did.
type scan struct {
	Node     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Rows     float64 `json:"Actual Rows"` // of each loop
	Loops    float64 `json:"Actual Loops"`
	Removed  float64 `json:"Rows Removed by Filter"` // of each loop
	Plans    []scan
}

// read is how many rows of tables a plan read, and of which.
func (s scan) read() (rows int, of []string) {
	for _, p := range s.Plans {
		n, more := p.read()
		rows, of = rows+n, append(of, more...)
	}
	if n := int((s.Rows + s.Removed) * s.Loops); s.Relation != "" {
		rows, of = rows+n, append(of, fmt.Sprint(s.Relation, " by ", s.Index, ": ", n))
	}
	return rows, of
}

// scans is of a plan of SQLite that reads a table from end to end.
var scans = regexp.MustCompile(`SCAN (transfer|t|payment_order|o|account|a|user_account|u|coin|c|invoice|i|app|spent|app_spent|effect|e)\b[^\n]*`)

// A look at what is new reads what is new, however much there is.
func TestALookAtWhatIsNewReadsNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		w.spends(w.linked("shop", 60, "day"), 10)
		const many = 2000
		w.old(many)
		w.order("paid later", "", w.confirm)
		w.order("held later", "bcrt1qout", w.confirm)
		w.coin(3, 1_000)
		for name, query := range audit.FreshQueries(d.Dialect) {
			if d.Dialect == db.Postgres {
				var text string
				err := d.Snapshot(t.Context(), func(q sqlx.QueryerContext) error {
					return sqlx.GetContext(t.Context(), q, &text, `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) `+query)
				})
				var plan []struct{ Plan scan }
				if err == nil {
					err = json.Unmarshal([]byte(text), &plan)
				}
				if err != nil {
					t.Fatal(err)
				}
				if n, of := plan[0].Plan.read(); n > many/4 {
					t.Errorf("%s: it read %d rows: %q", name, n, of)
				}
				continue
			}
			rows, err := d.Read().QueryxContext(t.Context(), `EXPLAIN QUERY PLAN `+query)
			if err != nil {
				t.Fatal(err)
			}
			var plan strings.Builder
			for rows.Next() {
				line, err := rows.SliceScan()
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintln(&plan, line[3])
			}
			if found := scans.FindString(plan.String()); found != "" {
				t.Errorf("%s: %s:\n%s", name, found, plan.String())
			}
		}
	})
}
