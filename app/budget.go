package app

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
)

// Period is how soon a budget is there again.
type Period string

const (
	Day   Period = "day"   // any 24 hours
	Week  Period = "week"  // any 7 days
	Month Period = "month" // any 30 days
	Total Period = "total" // never again
)

// Periods are all there are.
var Periods = []Period{Day, Week, Month, Total}

// lengths of the periods that end, in seconds.
var lengths = map[Period]int64{Day: 24 * 3600, Week: 7 * 24 * 3600, Month: 30 * 24 * 3600}

// Left is what the app may still spend unasked, in msat, with the fees: the
// most that those of payments under way can be counts until they are known.
// What its user allowed one by one does not count. It may be negative; of an
// app that is over nothing is left.
func (a *App) Left(ctx context.Context, q sqlx.QueryerContext, now int64) (amount.Msat, error) {
	all, err := Wallets(ctx, q, []ID{a.ID}, now)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0].Budget - all[0].Spent, nil
}
