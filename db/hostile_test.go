package db_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// bank opens two users' accounts, and gives the first of them 1000 msat.
func bank(t *testing.T, d *db.DB) {
	t.Helper()
	write(t, d, `INSERT INTO account (kind, name) VALUES ('user', 'user:ann'), ('held', 'held:ann'), ('user', 'user:bob')`)
	write(t, d, `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'import:1', 'open', c.id, a.id, 1000, 7 FROM account c, account a WHERE c.name = 'chain' AND a.name = 'user:ann'`)
}

// money is everything that the ledger says, in short.
func money(t *testing.T, d *db.DB) string {
	t.Helper()
	h := sha256.New()
	for _, q := range []string{
		`SELECT CAST(id AS TEXT) || ' ' || kind || ' ' || name || ' ' || CAST(bal AS TEXT) FROM account ORDER BY id`,
		`SELECT CAST(id AS TEXT) || ' ' || ref || ' ' || step || ' ' || CAST(debit AS TEXT) || ' ' || CAST(credit AS TEXT) || ' ' || CAST(amt AS TEXT) || ' ' || CAST(created AS TEXT) FROM transfer ORDER BY id`,
	} {
		var rows []string
		if err := sqlx.SelectContext(t.Context(), d.Read(), &rows, q); err != nil {
			t.Fatal(err)
		}
		h.Write([]byte(strings.Join(rows, "\n")))
	}
	return hex.EncodeToString(h.Sum(nil))
}

const insert = `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT $1, 'hold', d.id, c.id, $2, 7 FROM account d, account c WHERE d.name = 'user:ann' AND c.name = 'held:ann'`

const values = `INSERT INTO transfer (ref, step, debit, credit, amt, created) VALUES ($1, 'recover:1', $2, $3, $4, 7)`

func TestSchemaHostile(t *testing.T) {
	const lite, post = "sqlite", "postgres"
	type attack struct {
		only  string // on this engine
		query string
		args  []any
	}
	attacks := map[string]attack{
		"an amount of words":            {"", insert, []any{"order:1", "abc"}},
		"an amount of no words":         {"", insert, []any{"order:1", ""}},
		"half a millisatoshi":           {"", insert, []any{"order:1", 1.5}},
		"half a millisatoshi in words":  {"", insert, []any{"order:1", "1.5"}},
		"an amount that is no number":   {"", insert, []any{"order:1", math.NaN()}},
		"an endless amount":             {"", insert, []any{"order:1", math.Inf(1)}},
		"bytes":                         {"", insert, []any{"order:1", []byte{1}}},
		"no amount":                     {"", insert, []any{"order:1", nil}},
		"one more than int64":           {"", insert, []any{"order:1", "9223372036854775808"}},
		"one more than int64, written":  {"", strings.Replace(insert, "$2", "9223372036854775808", 1), []any{"order:1"}},
		"a float above int64":           {"", insert, []any{"order:1", 1e19}},
		"all of int64":                  {"", insert, []any{"order:1", int64(math.MaxInt64)}},
		"the least of int64":            {"", insert, []any{"order:1", int64(math.MinInt64)}},
		"more than there is":            {"", insert, []any{"order:1", int64(2_100_000_000_000_000_001)}},
		"nothing":                       {"", insert, []any{"order:1", 0}},
		"less than nothing":             {"", insert, []any{"order:1", -1}},
		"more than ann has":             {"", insert, []any{"order:1", 1001}},
		"more, and ignore the check":    {lite, strings.Replace(insert, "INSERT", "INSERT OR IGNORE", 1), []any{"order:1", 1001}},
		"more, and fail late":           {lite, strings.Replace(insert, "INSERT", "INSERT OR FAIL", 1), []any{"order:1", 1001}},
		"more, and replace":             {lite, strings.Replace(insert, "INSERT", "INSERT OR REPLACE", 1), []any{"order:1", 1001}},
		"more, and roll back":           {lite, strings.Replace(insert, "INSERT", "INSERT OR ROLLBACK", 1), []any{"order:1", 1001}},
		"a float sum":                   {lite, strings.Replace(insert, "$2", "9e18 + 9e18", 1), []any{"order:1"}},
		"no ref":                        {"", insert, []any{nil, 1}},
		"from oneself":                  {"", values, []any{"coin:a:0", 1, 1, 1}},
		"from nobody":                   {"", values, []any{"coin:a:0", 999, 1, 1}},
		"to nobody":                     {"", values, []any{"coin:a:0", 1, 999, 1}},
		"from NULL":                     {"", values, []any{"coin:a:0", nil, 1, 1}},
		"one account below the range":   {"", `INSERT INTO transfer (ref, step, debit, credit, amt, created) VALUES ('coin:a:0', 'recover:1', 1, 2, 2100000000000000000, 7)`, nil},
		"the same key again":            {"", `INSERT INTO transfer (ref, step, debit, credit, amt, created) SELECT ref, step, debit, credit, amt, created FROM transfer`, nil},
		"the same key, to replace":      {lite, `INSERT OR REPLACE INTO transfer (ref, step, debit, credit, amt, created) SELECT ref, step, debit, credit, amt + 5, created FROM transfer`, nil},
		"the same row, to replace":      {lite, `REPLACE INTO transfer SELECT id, 'import:2', 'open', debit, credit, amt, created FROM transfer`, nil},
		"the same key, to update":       {"", `INSERT INTO transfer (ref, step, debit, credit, amt, created) SELECT ref, step, debit, credit, 5, created FROM transfer WHERE true ON CONFLICT (ref, step) DO UPDATE SET amt = 5`, nil},
		"a transfer that grows":         {"", `UPDATE transfer SET amt = amt + 1`, nil},
		"a transfer that turns":         {"", `UPDATE transfer SET debit = credit, credit = debit`, nil},
		"a transfer of another time":    {"", `UPDATE transfer SET created = 0`, nil},
		"a transfer of another name":    {"", `UPDATE transfer SET ref = 'z'`, nil},
		"a transfer, replaced":          {lite, `UPDATE OR REPLACE transfer SET amt = 1`, nil},
		"a transfer, ignored":           {lite, `UPDATE OR IGNORE transfer SET amt = 1`, nil},
		"a transfer that goes":          {"", `DELETE FROM transfer WHERE amt = 1000`, nil},
		"all transfers go":              {"", `DELETE FROM transfer`, nil},
		"all transfers go at once":      {post, `TRUNCATE transfer`, nil},
		"all accounts go at once":       {post, `TRUNCATE account CASCADE`, nil},
		"an account that goes":          {"", `DELETE FROM account WHERE name = 'user:bob'`, nil},
		"an account born rich":          {"", `INSERT INTO account (kind, name, bal) VALUES ('user', 'user:eve', 1)`, nil},
		"an account born poor":          {"", `INSERT INTO account (kind, name, bal, floor) VALUES ('system', 'hole', -1, -9)`, nil},
		"a user born to overdraw":       {"", `INSERT INTO account (kind, name, floor) VALUES ('user', 'user:eve', -1)`, nil},
		"a user who may not be poor":    {"", `INSERT INTO account (kind, name, floor) VALUES ('user', 'user:eve', 1)`, nil},
		"a system that owes too much":   {"", `INSERT INTO account (kind, name, floor) VALUES ('system', 'hole', -2100000000000000001)`, nil},
		"a system that may not be":      {"", `INSERT INTO account (kind, name, floor) VALUES ('system', 'hole', 0)`, nil},
		"an overdraft for ann":          {"", `UPDATE account SET floor = -1000 WHERE name = 'user:ann'`, nil},
		"an overdraft by the way":       {"", `INSERT INTO account (kind, name) VALUES ('user', 'user:ann') ON CONFLICT (name) DO UPDATE SET floor = -1000`, nil},
		"an account of another kind":    {"", `INSERT INTO account (kind, name) VALUES ('bank', 'user:eve')`, nil},
		"the same name twice":           {"", `INSERT INTO account (kind, name) VALUES ('user', 'user:ann')`, nil},
		"an account in place of ann's":  {lite, `INSERT OR REPLACE INTO account (kind, name) VALUES ('user', 'user:ann')`, nil},
		"ann is a system":               {"", `UPDATE account SET kind = 'system' WHERE name = 'user:ann'`, nil},
		"ann is bob's":                  {"", `UPDATE account SET name = 'user:eve' WHERE name = 'user:ann'`, nil},
		"ann is another number":         {"", `UPDATE account SET id = 77 WHERE name = 'user:bob'`, nil},
		"a balance by hand, below zero": {"", `UPDATE account SET bal = -1 WHERE name = 'user:bob'`, nil},
		"a balance by hand":             {post, `UPDATE account SET bal = 5 WHERE name = 'user:bob'`, nil},
		"a balance by the way":          {post, `INSERT INTO account (kind, name) VALUES ('user', 'user:ann') ON CONFLICT (name) DO UPDATE SET bal = 5`, nil},
		"a kind by the way":             {"", `INSERT INTO account (kind, name) VALUES ('user', 'user:ann') ON CONFLICT (name) DO UPDATE SET kind = 'system'`, nil},
		"a balance of words":            {"", `UPDATE account SET bal = $1 WHERE name = 'user:bob'`, []any{"abc"}},
		"a balance and a half":          {"", `UPDATE account SET bal = $1 WHERE name = 'user:bob'`, []any{1.5}},
		"a balance beyond int64":        {"", `UPDATE account SET bal = bal + 9223372036854775807`, nil},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bank(t, d)
		before := money(t, d)
		for name, a := range attacks {
			if a.only != "" && a.only != d.Dialect.String() {
				continue
			}
			t.Run(name, func(t *testing.T) {
				if err := try(t.Context(), d, a.query, a.args...); err == nil {
					t.Error("it was accepted")
				}
				if money(t, d) != before {
					t.Fatal("the ledger changed")
				}
			})
		}
	})
}

func TestOneTransferIsAtMostAllTheMoney(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		move := func(from, to string, amt int64) error {
			return try(t.Context(), d, `
INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'coin:a:0', CASE $1 WHEN 'chain' THEN 'recover:1' ELSE 'lose:1' END, d.id, c.id, $2, 7
FROM account d, account c WHERE d.name = $1 AND c.name = $3`, from, amt, to)
		}
		const all = 2_100_000_000_000_000_000
		if err := move("chain", "loss", all); err != nil {
			t.Fatal(err)
		}
		before := money(t, d)
		if err := move("loss", "chain", all+1); err == nil || money(t, d) != before { // both balances would be small
			t.Errorf("one msat more than there is: %v", err)
		}
		if err := move("loss", "chain", all); err != nil {
			t.Error(err)
		}
	})
}

func TestARepeatedTransferMovesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bank(t, d)
		write(t, d, insert, "order:1", 600)
		before := money(t, d)
		for range 3 { // the second would be an overdraft
			write(t, d, insert+` ON CONFLICT (ref, step) DO NOTHING`, "order:1", 600)
		}
		if money(t, d) != before {
			t.Error("the ledger changed")
		}
		if got := read[int](t, d, `SELECT bal FROM account WHERE name = 'held:ann'`); got != 600 {
			t.Errorf("ann has set %d aside", got)
		}
	})
}

func TestACheckIsKnownByItsName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bank(t, d)
		short, self := once(t, d, insert, "order:1", 1001), once(t, d, values, "r", 1, 1, 1)
		if !db.Violates(short, "no_overdraft") || db.Violates(short, "no_over") || db.Violates(short, "two_accounts") {
			t.Errorf("an overdraft is %v", short)
		}
		if !db.Violates(self, "two_accounts") || db.Violates(self, "no_overdraft") {
			t.Errorf("a transfer to oneself is %v", self)
		}
		if twice := once(t, d, `INSERT INTO account (kind, name) VALUES ('user', 'user:ann')`); !db.IsUnique(twice) || db.IsUnique(short) {
			t.Errorf("a name twice is %v", twice)
		}
	})
}
