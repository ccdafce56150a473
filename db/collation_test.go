package db_test

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// A database whose locale was upgraded below it is not touched until its indexes
// are made again.
func TestIndexesOfAnotherLocaleAreRefused(t *testing.T) {
	c := dbtest.Empty(t, db.Postgres)
	u, err := url.Parse(c.DSN)
	must(t, err)
	admin, err := sql.Open("pgx", c.DSN)
	must(t, err)
	defer admin.Close()
	name := strings.Trim(u.Path, "/") + "-icu"
	run := func(q string) {
		t.Helper()
		_, err := admin.ExecContext(t.Context(), q)
		must(t, err)
	}
	run(`CREATE DATABASE "` + name + `" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'und'`)
	u.Path = "/" + name
	c.DSN = u.String()
	open := func() error {
		d, err := db.Open(t.Context(), c)
		if err != nil {
			return err
		}
		return d.Close()
	}
	must(t, open())
	run(`UPDATE pg_database SET datcollversion = '1.0' WHERE datname = '` + name + `'`)
	if err := open(); err == nil || !strings.Contains(err.Error(), `REINDEX DATABASE "`+name+`"`) {
		t.Errorf("got %v, want what to do", err)
	}
	run(`ALTER DATABASE "` + name + `" REFRESH COLLATION VERSION`)
	must(t, open())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
