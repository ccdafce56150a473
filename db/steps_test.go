package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// allowed are the steps that there are, by the kind of what they are of, with
// the kinds of account that they are between. A neighbour is paid by the payer, or
// out of what was set aside.
var allowed = map[string]string{
	"order hold":       "user held",
	"order pay":        "user user, held user",
	"order rest":       "held user",
	"order release":    "held user",
	"order settle:1":   "held system",
	"order settle:12":  "held system",
	"order unsettle:1": "system held",
	"coin credit:1":    "system user",
	"coin recover:2":   "system system",
	"coin reverse:1":   "user system",
	"coin lose:30":     "system system",
	"invoice credit:1": "system user",
	"import open":      "system user",
}

// The database books each step between its kinds of account, and nothing else,
// whoever asks it.
func TestTheDatabaseBooksOnlyTheStepsThatThereAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, `INSERT INTO account (kind, name) VALUES ('user', 'user:ann'), ('held', 'held:ann'), ('user', 'user:bob'), ('held', 'held:bob')`)
		write(t, d, `INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'import:' || a.name, 'open', c.id, a.id, 1000, 7 FROM account c, account a WHERE c.name = 'chain' AND a.kind = 'user'`)
		write(t, d, `INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || a.name, 'unsettle:1', c.id, a.id, 1000, 7 FROM account c, account a WHERE c.name = 'chain' AND a.kind = 'held'`)
		accounts := map[string][2]string{"user": {"user:ann", "user:bob"}, "held": {"held:ann", "held:bob"}, "system": {"chain", "loss"}}
		n := 0
		books := func(kind, step, from, to string) error {
			n++
			return try(t.Context(), d, `INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT $1, $2, d.id, c.id, 1, 7 FROM account d, account c WHERE d.name = $3 AND c.name = $4`, fmt.Sprintf("%s:%d", kind, n), step, from, to)
		}
		for _, kind := range []string{"order", "coin", "invoice", "import", "gift", ""} {
			for _, step := range []string{"hold", "pay", "rest", "release", "settle:1", "settle:12", "unsettle:1", "credit:1", "recover:2", "reverse:1",
				"lose:30", "open", "bonus", "", "hold:1", "hold2", "settle", "settle:", "settle:0", "settle:01", "settle:1x", "settle:1:1", "Hold", "open "} {
				for from, debits := range accounts {
					for to, credits := range accounts {
						before := money(t, d)
						may := slices.Contains(strings.Split(allowed[kind+" "+step], ", "), from+" "+to)
						if err := books(kind, step, debits[0], credits[1]); (err == nil) != may {
							t.Errorf("%s %q from %s to %s: %v", kind, step, from, to, err)
						}
						if changed := money(t, d) != before; changed != may {
							t.Fatalf("%s %q from %s to %s: the ledger changed: %v", kind, step, from, to, changed)
						}
					}
				}
			}
		}
	})
}
