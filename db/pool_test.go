package db_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// PostgreSQL sees as many connections as the operator allows, and no more.
func TestConnectionsAreBounded(t *testing.T) {
	c := dbtest.Empty(t, db.Postgres)
	for most, want := range map[int]int{2: 2, 3: 3, 10: 10, 0: 16} {
		c.MaxConnections = most
		if write, read := dbtest.Open(t, c).Pools(); write+read != want || read < 1 || write < read {
			t.Errorf("of %d: %d connections write and %d read, want %d", most, write, read, want)
		}
	}
	c.MaxConnections = 1
	if _, err := db.Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), "too few") {
		t.Errorf("one connection: got %v", err)
	}
}

// A statement is planned once for all its arguments, also where a part of it is true of
// these arguments anyway.
func TestPostgresPlansOnce(t *testing.T) {
	d := dbtest.Postgres(t)
	var plan []string
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `PREPARE above (BIGINT) AS SELECT bal FROM account WHERE id = 1 AND ($1 = 0 OR bal > $1)`); err != nil {
			return err
		}
		return tx.SelectContext(t.Context(), &plan, `EXPLAIN EXECUTE above (0)`)
	})
	if all := strings.Join(plan, "\n"); err != nil || !strings.Contains(all, "$1") {
		t.Errorf("the plan is for one argument: %s (%v)", all, err)
	}
	if n := read[string](t, d, `SHOW max_parallel_workers_per_gather`); n != "0" {
		t.Errorf("a query may call %s helpers", n)
	}
}

func TestPostgresGoesByTheIndex(t *testing.T) {
	d := dbtest.Postgres(t)
	bank(t, d) // few rows: reading them all would be cheaper
	const q = `EXPLAIN SELECT bal FROM account WHERE id IN (1, 2)`
	var plan []string
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { return tx.SelectContext(t.Context(), &plan, q) }); err != nil {
		t.Fatal(err)
	}
	for who, first := range map[string]string{"who writes": plan[0], "who reads": read[string](t, d, q)} {
		if !strings.HasPrefix(first, "Index Scan") {
			t.Errorf("%s goes by: %s", who, first)
		}
	}
}
