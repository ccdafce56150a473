package legacy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/legacy"
)

func TestOddRegistrations(t *testing.T) {
	const add = `insert into registrations (registered_jid, username) values `
	cases := map[string]func(t *testing.T, d *db.DB){}
	for name, tt := range map[string]struct {
		script  string
		problem string // "" for none
		users   int
		names   int
	}{
		"no name":                      {add + `('dave@example.org', '')`, "", 1, 0},
		"spaces around a name":         {add + `('dave@example.org', '  dave ')`, "", 1, 1},
		"a JID with a resource":        {add + `('dave@example.org/home', 'dave')`, "", 1, 1},
		"one JID twice":                {add + `('dave@example.org', 'dave'), ('Dave@EXAMPLE.org', 'david')`, "registered twice", 1, 1},
		"one name twice":               {add + `('dave@example.org', 'dave'), ('eve@example.org', 'dave')`, "is taken", 2, 1},
		"names in another case":        {add + `('dave@example.org', 'dave'), ('eve@example.org', 'DAVE')`, "is taken", 2, 1},
		"names that look the same":     {add + `('dave@example.org', 'dovo'), ('eve@example.org', 'd0vo')`, "is taken", 2, 1},
		"a name of the service":        {add + `('dave@example.org', 'admin')`, "can not be a name", 1, 0},
		"an address as a name":         {add + `('dave@example.org', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa')`, "can not be a name", 1, 0},
		"a name that is SQL":           {add + `('dave@example.org', 'x''); DROP TABLE user_account; --')`, "can not be a name", 1, 0},
		"no JID":                       {add + `('', 'dave')`, `"" is no JID`, 0, 0},
		"a domain alone":               {add + `('example.org', 'dave')`, "is no JID", 0, 0},
		"two at-signs":                 {add + `('dave@eve@example.org', 'dave')`, "is no JID", 0, 0},
		"a space in a JID":             {add + `('da ve@example.org', 'dave')`, "is no JID", 0, 0},
		"a line end in a JID":          {add + `('dave@example.org' || char(10), 'dave')`, "is no JID", 0, 0},
		"a JID that runs backwards":    {add + `(char(8238) || 'dave@example.org', 'dave')`, "is no JID", 0, 0},
		"a JID that is not text":       {add + `(x'ff40ff', 'dave')`, "is no JID", 0, 0},
		"a NUL in a JID":               {add + `(CAST(x'640040782e79' AS TEXT), 'dave')`, "is no JID", 0, 0},
		"a JID without end":            {add + `(hex(zeroblob(2000)) || '@example.org', 'dave')`, "is no JID", 0, 0},
		"a name without end":           {add + `('dave@example.org', hex(zeroblob(2000000)))`, "can not be a name", 1, 0},
		"a name that is not text":      {add + `('dave@example.org', x'ff00ff')`, "can not be a name", 1, 0},
		"a JID with letters of Geneva": {add + `('zoé@exämple.org', 'zoe')`, "", 1, 1},
	} {
		cases[name] = func(t *testing.T, d *db.DB) {
			tried(t, d, old(t, version1+tt.script), func(r *legacy.Report, _ sqlx.QueryerContext) {
				if r.Users != tt.users || r.Names != tt.names {
					t.Errorf("got %+v", r)
				}
				one(t, r, tt.problem)
			})
		}
	}
	each(t, cases)
}

// each runs every case on every engine.
func each(t *testing.T, cases map[string]func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, run := range cases {
			t.Run(name, func(t *testing.T) { run(t, d) })
		}
	})
}

func TestOddPayments(t *testing.T) {
	const people = version1 + `insert into registrations (registered_jid, username) values ('ann@example.org', 'ann'), ('bob@example.org', 'bob');`
	const add = `insert into payments (from_jid, date, recipient, amount, comment, confirmation_code, fee) values `
	cases := map[string]func(t *testing.T, d *db.DB){}
	for name, tt := range map[string]struct {
		script  string
		problem string
		want    string // amount, recipient, code, memo
	}{
		"the smallest coin":            {add + `('ann@example.org', '', 'bob', 1e-8, '', 'kd7p', 0)`, "", "1000 bob kd7p "},
		"an odd sum":                   {add + `('ann@example.org', '', 'bob', 0.12345678, '', 'kd7p', 0)`, "", "12345678000 bob kd7p "},
		"all but a satoshi":            {add + `('ann@example.org', '', 'bob', 20999999.99999999, '', 'kd7p', 0)`, "", "2099999999999999000 bob kd7p "},
		"all the money":                {add + `('ann@example.org', '', 'bob', 21000000, '', 'kd7p', 0)`, "", "2100000000000000000 bob kd7p "},
		"more than all the money":      {add + `('ann@example.org', '', 'bob', 21000000.00000001, '', 'kd7p', 0)`, "is no amount", ""},
		"a huge amount":                {add + `('ann@example.org', '', 'bob', 1e308, '', 'kd7p', 0)`, "is no amount", ""},
		"no end of money":              {add + `('ann@example.org', '', 'bob', 9e999, '', 'kd7p', 0)`, "is no amount", ""},
		"no number":                    {add + `('ann@example.org', '', 'bob', 'NaN', '', 'kd7p', 0)`, "is no amount", ""},
		"a number that is bytes":       {add + `('ann@example.org', '', 'bob', x'31', '', 'kd7p', 0)`, "is no amount", ""},
		"nothing":                      {add + `('ann@example.org', '', 'bob', 0, '', 'kd7p', 0)`, "is no amount", ""},
		"less than nothing":            {add + `('ann@example.org', '', 'bob', -5, '', 'kd7p', 0)`, "is no amount", ""},
		"finer than a millisatoshi":    {add + `('ann@example.org', '', 'bob', 0.1 + 0.2, '', 'kd7p', 0)`, "is no amount", ""},
		"of somebody who never was":    {add + `('eve@example.org', '', 'bob', 5, '', 'kd7p', 0)`, "nobody has the JID", ""},
		"to somebody who never was":    {add + `('ann@example.org', '', 'eve', 5, '', 'kd7p', 0)`, "", "500000000000 eve kd7p "},
		"to nobody":                    {add + `('ann@example.org', '', ' ', 5, '', 'kd7p', 0)`, "no recipient", ""},
		"a code that is none":          {add + `('ann@example.org', '', 'bob', 5, '', '../../etc', 0)`, "", "500000000000 bob  "},
		"a memo with control signs":    {add + `('ann@example.org', '', 'bob', 5, 'a' || char(10) || 'b' || char(0) || char(8238) || 'c', 'kd7p', 0)`, "", "500000000000 bob kd7p a bc"},
		"a memo that is not text":      {add + `('ann@example.org', '', 'bob', 5, x'ff', 'kd7p', 0)`, "", "500000000000 bob kd7p \uFFFD"},
		"a memo without end":           {add + `('ann@example.org', '', 'bob', 5, hex(zeroblob(1000000)), 'kd7p', 0)`, "", "500000000000 bob kd7p " + strings.Repeat("0", 199) + "…"},
		"a day that never was":         {add + `('ann@example.org', '2011-02-31 99:00:00', 'bob', 5, '', 'kd7p', 0)`, "", "500000000000 bob kd7p "},
		"another case of one's own ID": {add + `('Ann@example.org', '', 'bob', 5, '', 'kd7p', 0)`, "", "500000000000 bob kd7p "},
	} {
		cases[name] = func(t *testing.T, d *db.DB) {
			tried(t, d, old(t, people+tt.script), func(r *legacy.Report, q sqlx.QueryerContext) {
				one(t, r, tt.problem)
				var want []string
				if tt.want != "" {
					want = []string{tt.want}
				}
				same(t, "orders", rows(t, q, `SELECT CAST(amount AS TEXT) || ' ' || said_to || ' ' || code || ' ' || memo FROM payment_order WHERE state = 'expired'`), want...)
			})
		}
	}
	each(t, cases)
}

func TestOldPaymentsThatWerePaid(t *testing.T) {
	d := dbtest.SQLite(t)
	file := old(t, oldMeta+oldVersion+november+decemberPayments+`
insert into registrations values (7, 'ann@example.org');
insert into payments values (1, 'ann@example.org', '2010-12-07', 'x', 1, '', 'abcd', 0, 1), (2, 'ann@example.org', '2010-12-07', 'x', 2, '', 'efgh', 0, 0);`)
	s, err := legacy.Read(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	r := imported(t, d, file, nil)
	if s.Paid != 1 || r.Orders != 1 || r.Users != 1 || len(r.Problems) != 0 {
		t.Errorf("got %d paid, %+v", s.Paid, r)
	}
}

// one holds a report to one problem, or none.
func one(t *testing.T, r *legacy.Report, want string) {
	t.Helper()
	switch {
	case want == "" && len(r.Problems) == 0:
	case want != "" && len(r.Problems) == 1 && strings.Contains(r.Problems[0], want):
	default:
		t.Errorf("got the problems %q, want %q", r.Problems, want)
	}
	for _, p := range r.Problems {
		if strings.ContainsAny(p, "\n\x00\u202e") || len(p) > 1000 {
			t.Errorf("%q is not for a terminal", p)
		}
	}
}
