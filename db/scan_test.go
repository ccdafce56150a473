package db_test

import (
	"database/sql"
	"reflect"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

type sort string

type inner struct {
	Deep int64
	Not  sql.NullInt64
}

type outer struct {
	inner
	Yes, No bool
	Sort    sort
	Raw     []byte
	ID      sql.Null[int]  `db:"a_number"`
	Text    sql.NullString `db:"a_text"`
	Below   inner
}

// An answer is read the same by statements that go together, and by sqlx.
func TestAnswersAreReadAsSqlxReadsThem(t *testing.T) {
	const query = `
SELECT CAST(1 AS BIGINT) AS yes, CAST(0 AS BIGINT) AS no, 'new' AS sort, CAST('abc' AS %) AS raw, CAST(7 AS BIGINT) AS a_number, CAST(NULL AS TEXT) AS a_text,
       CAST(5 AS BIGINT) AS deep, CAST(NULL AS BIGINT) AS "not", CAST(6 AS BIGINT) AS "below.deep"`
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bytes := map[db.Dialect]string{db.SQLite: "BLOB", db.Postgres: "BYTEA"}[d.Dialect]
		q := strings.Replace(query, "%", bytes, 1)
		var want, got outer
		if err := sqlx.GetContext(t.Context(), d.Read(), &want, q); err != nil {
			t.Fatal(err)
		}
		var all []outer
		var raw []byte
		var texts []string
		var yes bool
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return tx.Run(t.Context(), db.Statement{Query: q, Into: &got}, db.Statement{Query: q + " UNION ALL" + q, Into: &all},
				db.Statement{Query: `SELECT CAST('abc' AS ` + bytes + `)`, Into: &raw}, db.Statement{Query: `SELECT 'a' UNION ALL SELECT 'b'`, Into: &texts},
				db.Statement{Query: `SELECT CAST(1 AS BIGINT)`, Into: &yes})
		})
		if err != nil || !reflect.DeepEqual(got, want) || len(all) != 2 || !reflect.DeepEqual(all[1], want) {
			t.Errorf("got %+v and %+v, want %+v (%v)", got, all, want, err)
		}
		if string(raw) != "abc" || len(texts) != 2 || texts[1] != "b" || !yes {
			t.Errorf("got %q, %q, %v", raw, texts, yes)
		}
		for _, q := range []string{`SELECT CAST(2 AS BIGINT) AS yes`, `SELECT 1 AS nowhere`, `SELECT CAST(NULL AS TEXT) AS sort`} {
			err := d.Tx(t.Context(), func(tx *db.Tx) error { return tx.Run(t.Context(), db.Statement{Query: q, Into: &got}) })
			if err == nil {
				t.Errorf("%s was read", q)
			}
		}
	})
}
