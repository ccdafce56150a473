package e2e_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // to look at the ledger
)

// payment is one of a stream. Its memo is its name.
type payment struct {
	memo string
	code string
	paid bool // the gateway said so
}

// drafts orders a payment, as often as it takes.
func (p *person) drafts(ctx context.Context, sat int, to, memo string) (payment, error) {
	for {
		said, err := p.ask(ctx, "pay %d %s %s", sat, to, memo)
		if err != nil {
			return payment{}, err
		}
		if m := codeWord.FindStringSubmatch(said); m != nil {
			return payment{memo: memo, code: m[1]}, nil
		}
		if !sorry(said) {
			return payment{}, fmt.Errorf("pay %s is answered %q", memo, said)
		}
	}
}

// insists confirms a payment until it is said to be made.
func (p *person) insists(ctx context.Context, o *payment) error {
	for {
		said, err := p.ask(ctx, "confirm %s", o.code)
		switch {
		case err != nil:
			return err
		case strings.Contains(said, "Paid"), strings.Contains(said, "was confirmed before"):
			o.paid = true
			return nil
		case !sorry(said):
			return fmt.Errorf("confirm %s is answered %q", o.memo, said)
		}
	}
}

// sorry reports whether said is what the gateway says when the database is
// away.
func sorry(said string) bool {
	return strings.Contains(said, "database") || strings.Contains(said, "Something went wrong here")
}

// made counts in the ledger how often each memo was paid.
func (h *house) made(t *testing.T, memos string) map[string]int {
	t.Helper()
	db, err := sql.Open("pgx", h.Postgres.DSN("bitcoim"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `
SELECT o.memo, COUNT(*)
FROM payment_order o
JOIN transfer t ON t.ref = 'order:' || o.id AND t.step = 'pay'
WHERE o.memo LIKE $1 || '%'
GROUP BY o.memo`, memos)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	times := map[string]int{}
	for rows.Next() {
		var memo string
		var n int
		if err := rows.Scan(&memo, &n); err != nil {
			t.Fatal(err)
		}
		times[memo] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return times
}
