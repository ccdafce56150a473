package audit

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/ledger"
)

// markWhole is when all the books were last read and found right.
const markWhole = "looks.whole"

// aDay is for how long, in seconds, it is enough to look at what is new.
const aDay = 24 * 60 * 60

// mirrored is what users have together, if all accounts together are zero: what the accounts
// of the system lack, which are few and found by their names.
const mirrored = `SELECT CAST(COALESCE(-SUM(bal), 0) AS BIGINT) FROM account WHERE name IN ('chain', 'loss', 'lightning')`

// books reads what the report says of the books, at a time in seconds since 1970.
func (r *Report) books(ctx context.Context, q sqlx.QueryerContext, on db.Dialect, now int64, of Scope) (err error) {
	if r.wholeBooks = of != Lately; !r.wholeBooks {
		if r.wholeBooks, err = due(ctx, q, now); err != nil {
			return err
		}
	}
	if r.seen, err = seen(ctx, q); err != nil {
		return err
	}
	var found []ledger.Finding
	owed := `SELECT CAST(COALESCE(SUM(bal), 0) AS BIGINT) FROM account WHERE kind <> 'system'`
	if r.wholeBooks {
		r.Checked = Rules()
		found, err = Books(ctx, q)
	} else {
		owed = mirrored
		r.Checked = FreshRules()
		found, err = Fresh(ctx, q, on)
	}
	if err != nil {
		return err
	}
	for _, f := range found {
		r.stop(freeze.Cause{Ref: f.Rule, Reason: freeze.Books, What: f.What})
	}
	return sqlx.GetContext(ctx, q, &r.Owed, owed)
}

// due reports whether a look at what is new is not enough: all the books were never found
// right, or not for a day, or they are not now. What was found in them is over when it is
// found in all of them no more.
func due(ctx context.Context, q sqlx.QueryerContext, now int64) (bool, error) {
	at, err := cursor.At(ctx, q, markWhole)
	if err != nil || at == 0 || now-at >= aDay || now < at {
		return true, err
	}
	return freeze.BooksWrong(ctx, q)
}

// booksWrong reports whether this look found the books wrong.
func (r *Report) booksWrong() bool {
	return slices.ContainsFunc(r.causes, func(c freeze.Cause) bool { return c.Reason == freeze.Books })
}
