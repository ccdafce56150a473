package legacy_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/legacy"
)

// The tables as python-bitcoim made them, and as they were before.
const (
	oldMeta = `CREATE TABLE IF NOT EXISTS meta (
                         id INTEGER NOT NULL,
                         name varchar(256) NOT NULL,
                         value varchar(256) NOT NULL,
                         PRIMARY KEY (id)
                         );`
	oldVersion       = `insert into meta (name, value) values ('db_version', '0'); update meta set value=1 where name='db_version';`
	oldRegistrations = `CREATE TABLE IF NOT EXISTS registrations (
                         id INTEGER NOT NULL,
                         registered_jid varchar(256) NOT NULL,
                         username varchar(256) NOT NULL,
                         PRIMARY KEY (id)
                         );`
	oldPayments = `CREATE TABLE IF NOT EXISTS payments (
                         id INTEGER NOT NULL,
                         from_jid varchar(256) NOT NULL,
                         date timestamp NOT NULL,
                         recipient varchar(256) NOT NULL,
                         amount real NOT NULL,
                         comment varchar(256) NOT NULL,
                         confirmation_code varchar(256) NOT NULL,
                         fee real NOT NULL,
                         PRIMARY KEY (id)
                         );`
	november = `CREATE TABLE registrations (
	id int(11) NOT NULL,
	registered_jid varchar(256) NOT NULL,
	PRIMARY KEY (id)
);`
	decemberPayments = `CREATE TABLE payments (
                         id INTEGER NOT NULL,
                         from_jid varchar(256) NOT NULL,
                         date datetime NOT NULL,
                         recipient varchar(256) NOT NULL,
                         amount real NOT NULL,
                         comment varchar(256) NOT NULL,
                         confirmation_code varchar(256) NOT NULL,
                         fee real NOT NULL,
                         paid integer NOT NULL default 0,
                         PRIMARY KEY (id)
                         );`
	version1 = oldMeta + oldVersion + oldRegistrations + oldPayments
)

// ann, bob and carol, as a file of 2011 has them.
const village = version1 + `
insert into registrations (registered_jid, username) values ('ann@example.org', 'ann');
insert into registrations (registered_jid, username) values ('Bob@Example.org', 'Bob');
insert into registrations (registered_jid, username) values ('carol@example.org', 'Carol Smith');
insert into payments (from_jid, date, recipient, amount, comment, confirmation_code, fee)
values ('ann@example.org', '2011-02-03 04:05:06.789', 'Bob', 5, 'lunch', 'kd7p', 0);
insert into payments (from_jid, date, recipient, amount, comment, confirmation_code, fee)
values ('ann@example.org', '2011-02-03 04:06:00', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 0.1, '', 'abcd', 0);`

// old makes a database of 2011 from SQL.
func old(t *testing.T, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bitcoim.sqlite")
	d, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := d.Exec(script); err != nil {
		t.Fatal(err)
	}
	return file
}

// written is a file with any content.
func written(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const today = 1_800_000_000

// imported runs an import and holds the books to account afterwards.
func imported(t *testing.T, d *db.DB, file string, owned legacy.Balances) *legacy.Report {
	t.Helper()
	s, err := legacy.Read(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	var r *legacy.Report
	err = d.Tx(context.Background(), func(tx *db.Tx) (err error) {
		r, err = legacy.Import(context.Background(), tx, s, owned, today)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	books(t, d.Read())
	return r
}

// tried runs an import, looks at what it did, and takes it back: many cases
// then need one database.
func tried(t *testing.T, d *db.DB, file string, look func(r *legacy.Report, q sqlx.QueryerContext)) {
	t.Helper()
	s, err := legacy.Read(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("seen enough")
	err = d.Tx(context.Background(), func(tx *db.Tx) error {
		r, err := legacy.Import(context.Background(), tx, s, nil, today)
		if err != nil {
			return err
		}
		books(t, tx)
		look(r, tx)
		return enough
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
}

func books(t *testing.T, q sqlx.QueryerContext) {
	t.Helper()
	found, err := audit.Books(context.Background(), q)
	if err != nil || len(found) > 0 {
		t.Errorf("the books: %v %v", found, err)
	}
}

// rows is what a query says, one string a row.
func rows(t *testing.T, q sqlx.QueryerContext, query string, args ...any) []string {
	t.Helper()
	r, err := q.QueryxContext(context.Background(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var all []string
	for r.Next() {
		values, err := r.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		all = append(all, fmt.Sprint(values...))
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
