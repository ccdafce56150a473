package db_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// column is what both engines say of a column. A PRIMARY KEY of one integer
// column of SQLite refuses NULL without saying so.
type column struct {
	Table, Name string
	Nullable    bool
	Key         bool
	Type        string
}

// columns reads the schema from the engine: by table, in order.
func columns(t *testing.T, d *db.DB) map[string][]column {
	t.Helper()
	q := `
SELECT m.name AS "table", c.name AS name, c."notnull" = 0 AND c.pk = 0 AS nullable, c.pk > 0 AS key,
       CASE c.type WHEN 'INTEGER' THEN 'bigint' WHEN 'BLOB' THEN 'bytea' ELSE lower(c.type) END AS type
FROM sqlite_master m, pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
ORDER BY m.name, c.cid`
	if d.Dialect == db.Postgres {
		q = `
SELECT c.table_name AS table, c.column_name AS name, c.is_nullable = 'YES' AS nullable, k.column_name IS NOT NULL AS key, c.data_type AS type
FROM information_schema.columns c
LEFT JOIN (information_schema.key_column_usage k JOIN information_schema.table_constraints p
    ON p.constraint_name = k.constraint_name AND p.table_name = k.table_name AND p.constraint_type = 'PRIMARY KEY')
    ON k.table_name = c.table_name AND k.column_name = c.column_name
WHERE c.table_schema = current_schema()
ORDER BY c.table_name, c.ordinal_position`
	}
	var all []column
	if err := sqlx.SelectContext(t.Context(), d.Read(), &all, q); err != nil {
		t.Fatal(err)
	}
	tables := map[string][]column{}
	for _, c := range all {
		tables[c.Table] = append(tables[c.Table], c)
	}
	return tables
}

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	lite, post := columns(t, dbtest.SQLite(t)), columns(t, dbtest.Postgres(t))
	a, b := slices.Sorted(maps.Keys(lite)), slices.Sorted(maps.Keys(post))
	if !slices.Equal(a, b) {
		t.Errorf("sqlite has %v, postgres has %v", a, b)
	}
	if len(a) < 10 {
		t.Errorf("only %v", a)
	}
	for _, table := range a {
		if !slices.Equal(lite[table], post[table]) {
			t.Errorf("%s:\nsqlite   %+v\npostgres %+v", table, lite[table], post[table])
		}
	}
}

func TestBothEnginesHaveTheSameUniqueKeys(t *testing.T) {
	lite, post := dbtest.SQLite(t), dbtest.Postgres(t)
	var a, b []string
	if err := sqlx.SelectContext(t.Context(), lite.Read(), &a, `
SELECT m.name || ': ' || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS key
FROM sqlite_master m, pragma_index_list(m.name) i
WHERE m.type = 'table' AND i."unique" = 1 AND i.origin <> 'pk'`); err != nil {
		t.Fatal(err)
	}
	if err := sqlx.SelectContext(t.Context(), post.Read(), &b, `
SELECT c.relname || ': ' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY k (col, n)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.col) AS key
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
WHERE i.indisunique AND NOT i.indisprimary`); err != nil {
		t.Fatal(err)
	}
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) || len(a) < 5 {
		t.Errorf("\nsqlite   %q\npostgres %q", a, b)
	}
}

func TestEveryTableOfSQLiteIsStrict(t *testing.T) {
	d := dbtest.SQLite(t)
	var loose []string
	if err := sqlx.SelectContext(t.Context(), d.Read(), &loose, `
SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name <> 'schema_step'`); err != nil {
		t.Fatal(err)
	}
	if len(loose) != 0 {
		t.Errorf("%v are not STRICT", loose)
	}
}
