package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// spends has an app of ann's pay bob so many satoshis, a second after each
// other.
func (w *town) spends(a *app.App, sats ...int64) {
	w.t.Helper()
	for _, sat := range sats {
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			a, err := app.Lock(ctx, tx, a.ID)
			if err != nil {
				return err
			}
			at := a.Since + sat
			w.d.SetClock(func() time.Time { return time.Unix(at, 0) })
			o, err := limits.Draft(ctx, tx, w.ann, paymentorder.Draft{ToUser: w.bob, SaidTo: "bob", Amount: amount.FromSats(sat)}, at)
			if err != nil {
				return err
			}
			_, err = limits.Confirm(ctx, tx, o.User, o.Code, paymentorder.OutOfBudget(a, app.Request{Key: o.Ref()}))
			return err
		})
	}
}

// linked lets an app at ann's wallet.
func (w *town) linked(name string, sat int64, per app.Period) (a *app.App) {
	w.t.Helper()
	w.d.SetClock(func() time.Time { return time.Unix(now, 0) })
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = app.Link(ctx, tx, w.ann.ID, app.NewApp{Name: name, Kind: app.LIME, Secret: name, Budget: amount.FromSats(sat), Per: per})
		return err
	})
	return a
}

// overdrafts are crimes against apps that have spent their budgets to the last
// satoshi.
var overdrafts = map[string]crime{
	"a budget of a day that was overdrawn":     {deeds: []string{`UPDATE app SET budget = budget - 1 WHERE name = 'day'`}, rules: []string{"an app spent"}},
	"one of a week":                            {deeds: []string{`UPDATE app SET budget = budget - 1 WHERE name = 'week'`}, rules: []string{"an app spent"}},
	"one of a month":                           {deeds: []string{`UPDATE app SET budget = budget - 1 WHERE name = 'month'`}, rules: []string{"an app spent"}},
	"one for good":                             {deeds: []string{`UPDATE app SET budget = budget - 1 WHERE name = 'total'`}, rules: []string{"an app spent"}},
	"a budget that was lowered later":          {deeds: []string{`UPDATE app SET budget = 1, since = since + 40 WHERE name = 'day'`}, rules: nil},
	"a payment that the app asked leave for":   {deeds: []string{`UPDATE app_request SET unasked = 0 WHERE order_id = (SELECT MAX(id) FROM payment_order)`}, rules: []string{"what an app"}},
	"a payment of the user's own":              {deeds: []string{`UPDATE payment_order SET by_app = NULL WHERE id = (SELECT MAX(id) FROM payment_order)`}, rules: []string{"what an app", "the sums of what an app"}},
	"an app that spent more than the sum says": {deeds: []string{`UPDATE app_spent SET amount = amount - 1 WHERE span = 86400 AND app_id = (SELECT MAX(app_id) FROM app_spent)`}, rules: []string{"the sums of what an app"}},
}

func TestTheAuditKnowsWhatAnAppMaySpend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		for _, per := range app.Periods {
			w.spends(w.linked(string(per), 60, per), 10, 20, 30) // to the last satoshi
		}
		found, err := audit.Books(t.Context(), d.Read())
		if err != nil || len(found) != 0 {
			t.Fatalf("apps that kept within their budgets: %v (%v)", found, err)
		}
		for name, c := range overdrafts {
			t.Run(name, func(t *testing.T) {
				unguarded(t, d, func(tx *db.Tx) {
					if ok, err := tx.One(t.Context(), c.deeds[0]); err != nil || !ok {
						t.Fatalf("%s: %v (%v)", name, ok, err)
					}
					allIsNew(t, tx)
					finds(t, tx, audit.Books, c.rules)
					finds(t, tx, fresh(d.Dialect), c.fresh())
				})
			})
		}
	})
}
