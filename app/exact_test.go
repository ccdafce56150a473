package app_test

import (
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// agrees says that an app's budget goes by what it asked for and paid unasked, to the second.
func (w *town) agrees(a *app.App, now int64) {
	w.Helper()
	var spent amount.Msat
	from := max(a.Since, map[app.Period]int64{app.Day: now - day, app.Week: now - 7*day, app.Month: now - 30*day}[a.Per])
	err := sqlx.GetContext(w.Context(), w.Read(), &spent, `
SELECT CAST(COALESCE(SUM(o.amount + COALESCE(o.fee, o.fee_limit)), 0) AS BIGINT)
FROM app_request r JOIN payment_order o ON o.id = r.order_id
WHERE r.app_id = $1 AND r.unasked = 1 AND o.confirmed IS NOT NULL AND o.state <> 'failed' AND r.created >= $2`, a.ID, from)
	if err != nil {
		w.Fatal(err)
	}
	if got := a.Budget - w.left(a, now); got != spent {
		w.Errorf("at %d the app %s of %d spent %d msat, want %d", now, a.Name, a.Since, got, spent)
	}
}

// An app paid around each bound of a month, a week, a day, an hour and a minute, and it is
// a second before, at and after each: what is left of its budget is what the payments leave.
func TestABudgetGoesByThePayments(t *testing.T) {
	const midnight = 19_676 * day
	around := []int64{-30*day - 61, -30 * day, -30*day + 59, -7*day - 3601, -7 * day, -7*day + 1, -day - 1, -day, -day + 1, -3600, -60, -59, -1, 0, 1, 60, 3599, 3600, 86_399}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		var all []*app.App
		for per := range map[app.Period]bool{app.Day: true, app.Week: true, app.Month: true, app.Total: true} {
			for _, since := range []int64{1, midnight - 7*day, midnight - day + 1, midnight + 59} {
				all = append(all, w.link(app.NewApp{Name: fmt.Sprint(per, since), Budget: 1 << 40, Per: per}, since))
			}
		}
		for n, a := range all {
			for i, at := range around {
				w.spends(a, fmt.Sprint(n, " ", i), 1<<i, midnight+at, i%5 != 4, []string{"done", "done", "failed", "new"}[(n+i)%4])
			}
		}
		agree := func() {
			t.Helper()
			for _, a := range all {
				for _, at := range around {
					w.agrees(a, midnight+at)
					w.agrees(a, midnight+day+at)
				}
			}
		}
		agree()
		for _, change := range []string{
			`UPDATE payment_order SET fee = 0, fee_limit = 7`,
			`UPDATE payment_order SET fee = 7 WHERE amount % 3 = 1 AND state <> 'new'`,
			`UPDATE payment_order SET fee = NULL WHERE amount % 9 = 1`,
		} {
			w.do(func(tx *db.Tx) error { _, err := tx.ExecContext(t.Context(), change); return err })
			agree()
		}
	})
}
