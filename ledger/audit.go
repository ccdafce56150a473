package ledger

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Finding is something that must not be.
type Finding struct {
	Rule string `json:"rule"` // which invariant, in words
	What string `json:"what"` // what was found
	// Ref is a thing about which an operator can say what it was, by this name;
	// "" there is none.
	Ref string `json:"ref,omitempty"`
	// Reason is which fact about that thing it is (freeze.Reason): what ends one is not what
	// ends another.
	Reason string `json:"reason,omitempty"`
}

// checks are the invariants of the ledger; each query lists what breaks one.
var checks = []struct{ rule, query string }{
	{"all accounts together are zero", `
SELECT 'the sum is ' || CAST(SUM(bal) AS TEXT) || ' msat' AS what FROM account HAVING SUM(bal) <> 0`},
	{"no user and no hold is below zero", `
SELECT name || ' has ' || CAST(bal AS TEXT) || ' msat' AS what FROM account WHERE kind <> 'system' AND bal < 0`},
	{"a balance is its credits minus its debits", `
SELECT a.name || ' has ' || CAST(a.bal AS TEXT) || ' msat, its transfers say ' || CAST(COALESCE(t.bal, 0) AS TEXT) AS what
FROM account a
LEFT JOIN (
    SELECT id, SUM(amt / 1000000000) * 1000000000 + SUM(amt % 1000000000) AS bal -- the turnover may exceed 64 bits
    FROM (
        SELECT credit AS id, amt FROM transfer
        UNION ALL
        SELECT debit AS id, -amt AS amt FROM transfer
    ) legs
    GROUP BY id
) t ON t.id = a.id
WHERE a.bal <> COALESCE(t.bal, 0)`},
}

// Rules are the names of what Audit checks, in its order.
func Rules() []string {
	var all []string
	for _, c := range checks {
		all = append(all, c.rule)
	}
	return all
}

// Audit proves the invariants from the rows. No findings is the good answer.
func Audit(ctx context.Context, q sqlx.QueryerContext) ([]Finding, error) {
	var all []Finding
	for _, c := range checks {
		found, err := Check(ctx, q, c.rule, c.query)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Check runs a query that lists, as text, what breaks a rule.
func Check(ctx context.Context, q sqlx.QueryerContext, rule, query string) ([]Finding, error) {
	var what []string
	if err := sqlx.SelectContext(ctx, q, &what, query); err != nil {
		return nil, fmt.Errorf("the books could not be read: %w", err) // which is no word on a rule
	}
	var all []Finding
	for _, w := range what {
		all = append(all, Finding{Rule: rule, What: w})
	}
	return all, nil
}
