package audit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// old writes n payments of ann's to bob that are over, one of two by an app, and a look that
// found them right. PostgreSQL writes many of them past the triggers: in one transaction each
// of those takes longer than the one before it.
func (w *town) old(n int, by *app.App) {
	w.t.Helper()
	all := []string{fmt.Sprintf(`
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO payment_order (user_id, code, state, to_user, said_to, said_at, amount, fee_limit, created, expires, confirmed, ended, by_app)
SELECT %d, 'old' || i, 'done', %d, 'bob', '', 1, 0, i * 60, i * 60, i * 60, i * 60, CASE i %% 2 WHEN 0 THEN %d END FROM n`, n, w.ann.ID, w.bob.ID, by.ID),
		`INSERT INTO app_request (app_id, key, hash, order_id, unasked, told, created)
SELECT by_app, code, '', id, 1, 1, confirmed FROM payment_order WHERE code LIKE 'old%' AND by_app IS NOT NULL`,
		`INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || o.id, 'pay', u.money, p.money, o.amount, o.confirmed
FROM payment_order o JOIN user_account u ON u.id = o.user_id JOIN user_account p ON p.id = o.to_user WHERE o.code LIKE 'old%' ORDER BY o.id`}
	if w.d.Dialect == db.Postgres {
		all = slices.Concat([]string{`SET LOCAL session_replication_role = replica`}, all, []string{`
UPDATE account SET bal = b.bal
FROM (SELECT id, CAST(SUM(amt) AS BIGINT) AS bal FROM (SELECT credit AS id, amt FROM transfer UNION ALL SELECT debit, -amt FROM transfer) legs GROUP BY id) b
WHERE b.id = account.id`, `SET LOCAL session_replication_role = origin`, `ANALYZE`})
	}
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range all {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		if err := paymentorder.Resum(ctx, tx); err != nil {
			return err
		}
		return audit.Resum(ctx, tx)
	})
	w.takesAway()
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
		shop := w.linked("shop", 100_000, "day")
		const many = 20_000
		w.old(many, shop)
		w.spends(shop, 10)
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
				if n, of := plan[0].Plan.read(); n > many/40 {
					t.Errorf("%s: it read %d rows: %q", name, n, of)
				}
				continue
			}
			if plan := w.plan(query); scans.MatchString(plan) {
				t.Errorf("%s: %s:\n%s", name, scans.FindString(plan), plan)
			}
		}
	})
}

// plan is how SQLite reads, in its words.
func (w *town) plan(query string) string {
	w.t.Helper()
	rows, err := w.d.Read().QueryxContext(w.t.Context(), `EXPLAIN QUERY PLAN `+query, make([]any, strings.Count(query, "$")+strings.Count(query, "?"))...)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		line, err := rows.SliceScan()
		if err != nil {
			w.t.Fatal(err)
		}
		fmt.Fprintln(&plan, line[3])
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return plan.String()
}

// Nor does it read whole tables to compare what is new with a node.
func TestALookAtANodeReadsNoOrdersThatAreOver(t *testing.T) {
	d := dbtest.SQLite(t)
	g := looked(t, d)
	var all []string
	d.SetWatch(func(queries ...string) { all = append(all, queries...) })
	if _, err := audit.World(t.Context(), d, g.on, g.ln, audit.Lately); err != nil {
		t.Fatal(err)
	}
	d.SetWatch(nil)
	for _, query := range all {
		plan := strings.ReplaceAll(g.plan(query), "SCAN payment_order USING INDEX order_due", "") // what is under way
		if strings.Contains(query, "payment_order") && scans.MatchString(plan) {
			t.Errorf("%s: %s:\n%s", query, scans.FindString(plan), plan)
		}
	}
	if len(all) < 10 {
		t.Errorf("only %q", all)
	}
}
