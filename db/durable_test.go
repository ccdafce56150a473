package db_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestSettingsThatCouldLoseACommitAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		alter string // of the database, by its owner
		with  string // in the DSN
		names string
	}{
		"for the database":               {"ALTER DATABASE %db SET synchronous_commit = off", "", "synchronous_commit"},
		"for the role":                   {"ALTER ROLE bitcoim IN DATABASE %db SET synchronous_commit = off", "", "synchronous_commit"},
		"in the DSN":                     {"", "synchronous_commit=off", "synchronous_commit"},
		"on the standby's word":          {"", "synchronous_commit=remote_write", "synchronous_commit"},
		"only here":                      {"", "synchronous_commit=local", "synchronous_commit"},
		"a database that is read only":   {"ALTER DATABASE %db SET default_transaction_read_only = on", "", "transaction_read_only"},
		"a session that is read only":    {"", "default_transaction_read_only=on", "transaction_read_only"},
		"on":                             {"ALTER DATABASE %db SET synchronous_commit = on", "", ""},
		"on the standby, and read there": {"", "synchronous_commit=remote_apply", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := dbtest.Empty(t, db.Postgres)
			u, err := url.Parse(c.DSN)
			if err != nil {
				t.Fatal(err)
			}
			if tt.alter != "" {
				write(t, dbtest.Open(t, c), strings.ReplaceAll(tt.alter, "%db", strings.Trim(u.Path, "/")))
			}
			if tt.with != "" {
				u.RawQuery += "&" + tt.with
				c.DSN = u.String()
			}
			d, err := db.Open(t.Context(), c)
			if err == nil {
				err = d.Close()
				if tt.names != "" {
					t.Error("it was accepted")
				}
			}
			if (err != nil) != (tt.names != "") || err != nil && !strings.Contains(err.Error(), tt.names) {
				t.Errorf("got %v, want a word about %q", err, tt.names)
			}
		})
	}
}

// What is locked and then read counts on READ COMMITTED, whatever the server's
// own default is.
func TestTransactionsSeeWhatWasCommittedBeforeEachStatement(t *testing.T) {
	c := dbtest.Empty(t, db.Postgres)
	u, err := url.Parse(c.DSN)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dbtest.Open(t, c), strings.ReplaceAll("ALTER DATABASE %db SET default_transaction_isolation = 'serializable'", "%db", strings.Trim(u.Path, "/")))
	u.RawQuery += "&default_transaction_isolation=repeatable%20read"
	c.DSN = u.String()
	err = dbtest.Open(t, c).Tx(t.Context(), func(tx *db.Tx) error {
		var is string
		if err := tx.GetContext(t.Context(), &is, `SHOW transaction_isolation`); err != nil {
			return err
		}
		if is != "read committed" {
			t.Errorf("a transaction is %s", is)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAPasswordIsNeverInTheError(t *testing.T) {
	for _, dsn := range []string{
		"postgres://bitcoim:s3cret@127.0.0.1:1/x?sslmode=disable",
		"postgres://bitcoim:s3cret@[::1/x", "host=127.0.0.1 port=1 password=s3cret sslmode=disable", "password=s3cret 'x",
	} {
		d, err := db.Open(context.Background(), db.Config{Driver: "postgres", DSN: dsn})
		if err == nil {
			t.Errorf("%s was opened (%v)", dsn, d.Close())
			continue
		}
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

func TestEveryConnectionOfSQLiteIsDurable(t *testing.T) {
	d := dbtest.SQLite(t)
	for range 5 { // a failed transaction may cost the connection
		_ = d.Tx(t.Context(), func(tx *db.Tx) error {
			for pragma, want := range map[string]string{
				"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1", "busy_timeout": "10000",
			} {
				var got string
				if err := tx.GetContext(t.Context(), &got, "PRAGMA "+pragma); err != nil || got != want {
					t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
				}
			}
			return context.Canceled
		})
	}
}

func TestAnUnknownDriverIsRefused(t *testing.T) {
	if _, err := db.Open(t.Context(), db.Config{Driver: "mysql"}); err == nil {
		t.Error("mysql was opened")
	}
}
