package db_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// upTo are the migrations up to a version.
func upTo(t *testing.T, dialect db.Dialect, version int) fstest.MapFS {
	t.Helper()
	all, err := db.Steps(dialect)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, s := range all {
		if s.Version <= version {
			text[fmt.Sprintf("%04d_%s.sql", s.Version, s.Name)] = s.SQL
		}
	}
	return migrations(dialect, text)
}

// What was booked before there was a cursor for each Lightning node is of the node that
// was looked at, or of one that has no key.
func TestWhatWasBookedBelongsToTheNodeThatIsKnown(t *testing.T) {
	for name, key := range map[string]string{"it was looked at": "02aa", "none was looked at": ""} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c db.Config) {
				d := oldBooks(t, c, 7)
				if key != "" {
					write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('look.node', $1, 1)`, key)
				}
				write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('receipts', '101', 1)`)
				for _, hash := range []string{"open", "inside", "came"} {
					write(t, d, `INSERT INTO invoice (hash, user_id, preimage, text, amount, created, expires) SELECT $1, id, '', $1, 7, 1, 9 FROM user_account`, hash)
				}
				write(t, d, `UPDATE invoice SET state = 'settled', paid = 7, settled = 1 WHERE hash <> 'open'`)
				write(t, d, `INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'invoice:came', 'credit:1', s.id, u.money, 7, 1 FROM account s, user_account u WHERE s.name = 'lightning'`)

				d.Migrate(upTo(t, d.Dialect, 99))
				upgrade(t, d, false)
				if got := read[string](t, d, `SELECT value FROM node_cursor WHERE name = $1`, "receipts:"+key); got != "101" {
					t.Errorf("its cursor is %q", got)
				}
				for hash, want := range map[string]string{"open": "", "inside": "", "came": key} {
					if got := read[string](t, d, `SELECT node FROM invoice WHERE hash = $1`, hash); got != want {
						t.Errorf("%s was paid to %q, want %q", hash, got, want)
					}
				}
				if err := try(t.Context(), d, `UPDATE invoice SET node = 'x' WHERE hash = 'came'`); err == nil {
					t.Error("a settled invoice changes")
				}
			})
		})
	}
}

// An operator who went over to another node before there was a cursor for each had one
// that nobody can tell from whom: what the second one received is told from the start,
// and of what is booked nobody knows who received it.
func TestWhatWasBookedBeforeAChangeoverBelongsToNobody(t *testing.T) {
	for name, tt := range map[string]struct{ ref, reason, who, cursor, node string }{
		"declared":               {"node:02bb", "other-node", "me", "", ""},
		"found":                  {"node:02bb", "other-node", "", "receipts:02bb", "02bb"},
		"another wallet":         {"wallet:w", "other-node", "me", "receipts:02bb", "02bb"},
		"another fact of a node": {"node:02bb", "proof", "me", "receipts:02bb", "02bb"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c db.Config) {
				d := oldBooks(t, c, 7)
				write(t, d, `INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES ($1, $2, '', 1, 2, $3)`, tt.ref, tt.reason, tt.who)
				write(t, d, `INSERT INTO node_cursor (name, value, at) VALUES ('look.node', '02bb', 1), ('receipts', '101', 1)`)
				write(t, d, `INSERT INTO invoice (hash, user_id, preimage, text, amount, created, expires) SELECT 'came', id, '', 'came', 7, 1, 9 FROM user_account`)
				write(t, d, `UPDATE invoice SET state = 'settled', paid = 7, settled = 1`)
				write(t, d, `INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'invoice:came', 'credit:1', s.id, u.money, 7, 1 FROM account s, user_account u WHERE s.name = 'lightning'`)

				d.Migrate(upTo(t, d.Dialect, 99))
				upgrade(t, d, false)
				if got := read[string](t, d, `SELECT COALESCE(MAX(name), '') FROM node_cursor WHERE name LIKE 'receipts%'`); got != tt.cursor {
					t.Errorf("the cursor is %q, want %q", got, tt.cursor)
				}
				if got := read[string](t, d, `SELECT node FROM invoice`); got != tt.node {
					t.Errorf("it was paid to %q, want %q", got, tt.node)
				}
			})
		})
	}
}

// What was declared before there was one row for each fact stays so, with its fact.
func TestWhatWasDeclaredStaysDeclared(t *testing.T) {
	each(t, func(t *testing.T, c db.Config) {
		d := dbtest.Open(t, c)
		d.Migrate(upTo(t, d.Dialect, 8))
		upgrade(t, d, false)
		const add = `INSERT INTO frozen (ref, reason, what, since, lifted, who) VALUES ('aa', $1, '', 1, 2, 'me')`
		write(t, d, add, "proof")
		d.Migrate(upTo(t, d.Dialect, 99))
		upgrade(t, d, false)
		if err := try(t.Context(), d, add, "proof"); !db.IsUnique(err) {
			t.Errorf("the same fact twice: %v", err)
		}
		write(t, d, add, "paid")
		if n := read[int](t, d, `SELECT COUNT(*) FROM frozen WHERE who = 'me'`); n != 2 {
			t.Errorf("there are %d", n)
		}
		if err := try(t.Context(), d, `DELETE FROM frozen`); err == nil {
			t.Error("the record goes")
		}
	})
}
