package paymentorder_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// asked keeps the questions that a package asks the database.
type asked struct {
	sqlx.QueryerContext
	sql  []string
	args [][]any
}

func (a *asked) keep(q string, args []any) { a.sql, a.args = append(a.sql, q), append(a.args, args) }

func (a *asked) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	a.keep(q, args)
	return a.QueryerContext.QueryContext(ctx, q, args...)
}

func (a *asked) QueryxContext(ctx context.Context, q string, args ...any) (*sqlx.Rows, error) {
	a.keep(q, args)
	return a.QueryerContext.QueryxContext(ctx, q, args...)
}

func (a *asked) QueryRowxContext(ctx context.Context, q string, args ...any) *sqlx.Row {
	a.keep(q, args)
	return a.QueryerContext.QueryRowxContext(ctx, q, args...)
}

// plan is how SQLite reads, in its words.
func (c town) plan(q string, args []any) string {
	c.Helper()
	rows, err := c.Read().QueryxContext(c.ctx, `EXPLAIN QUERY PLAN `+q, args...)
	c.must(err)
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		line, err := rows.SliceScan()
		c.must(err)
		fmt.Fprintln(&all, line[3])
	}
	c.must(rows.Err())
	return all.String()
}

// scan is a step of a plan of PostgreSQL, with what it did.
type scan struct {
	Node    string  `json:"Node Type"`
	Index   string  `json:"Index Name"`
	Rows    float64 `json:"Actual Rows"` // of each loop
	Loops   float64 `json:"Actual Loops"`
	Removed float64 `json:"Rows Removed by Filter"` // of each loop
	Plans   []scan
}

// read is how many rows a plan read from tables, and by which indexes.
func (s scan) read() (rows int, by []string) {
	for _, p := range s.Plans {
		n, of := p.read()
		rows, by = rows+n, append(by, of...)
	}
	if s.Index != "" || strings.HasSuffix(s.Node, "Scan") && len(s.Plans) == 0 {
		rows, by = rows+int((s.Rows+s.Removed)*s.Loops), append(by, s.Index)
	}
	return rows, by
}

// prepared runs a statement in PostgreSQL as the gateway does, prepared, and says how it
// was read: in one of the modes in which there is a plan for these arguments, or one for
// all.
func (c town) prepared(mode, q string, args []any) (s scan) {
	c.Helper()
	literals := make([]string, len(args))
	for i, a := range args {
		literals[i] = fmt.Sprint(a)
		if s, ok := a.(string); ok {
			literals[i] = "'" + s + "'"
		}
	}
	c.do(func(tx *db.Tx) error {
		for _, set := range []string{`SET LOCAL plan_cache_mode = ` + mode, `PREPARE asked AS ` + q} {
			if _, err := tx.ExecContext(c.ctx, set); err != nil {
				return err
			}
		}
		var text string
		execute := `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked`
		if len(args) > 0 {
			execute += `(` + strings.Join(literals, `, `) + `)`
		}
		if err := tx.GetContext(c.ctx, &text, execute); err != nil {
			return err
		}
		var all []struct{ Plan scan }
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			return err
		}
		s = all[0].Plan
		_, err := tx.ExecContext(c.ctx, `DEALLOCATE asked`)
		return err
	})
	return s
}
