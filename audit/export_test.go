package audit

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// Stops are what a report stops payments for.
func Stops(r Report) []freeze.Cause { return r.causes }

// Mirrored is how a look at what is new adds up what users have.
const Mirrored = mirrored

// LedgerIn is Ledger within a transaction.
func LedgerIn(ctx context.Context, q sqlx.QueryerContext) (Report, error) {
	r, err := beginBy(ctx, q, func(read func(sqlx.QueryerContext) error) error { return read(q) }, db.SQLite, 0, AllBooks)
	r.carryOn()
	return r, err
}

// LedgerBut is Ledger of what is new, with something done when the books were read.
func LedgerBut(ctx context.Context, d *db.DB, now int64, do func()) (Report, error) {
	r, err := beginBy(ctx, d.Read(), func(read func(sqlx.QueryerContext) error) error {
		defer do()
		return d.Snapshot(ctx, read)
	}, d.Dialect, now, Lately)
	r.carryOn()
	return r, err
}

// FreshQueries are what Fresh asks, by the rule.
func FreshQueries(on db.Dialect) map[string]string {
	all := map[string]string{}
	for _, r := range slices.Concat(unproved, rules) {
		all[r.name] = r.new(on)
	}
	return all
}
