package db_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// oldBooks is a database at an earlier version of the schema, with one user, ann.
func oldBooks(t *testing.T, c db.Config, version int) *db.DB {
	t.Helper()
	d := dbtest.Open(t, c)
	d.Migrate(upTo(t, d.Dialect, version))
	upgrade(t, d, false)
	write(t, d, `INSERT INTO account (kind, name) VALUES ('user', 'user:ann'), ('held', 'held:ann')`)
	write(t, d, `INSERT INTO user_account (jid, money, held, created)
SELECT 'ann@example.org', m.id, h.id, 1 FROM account m, account h WHERE m.name = 'user:ann' AND h.name = 'held:ann'`)
	return d
}
