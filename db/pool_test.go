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
