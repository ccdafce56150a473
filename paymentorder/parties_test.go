package paymentorder_test

import (
	"database/sql"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Numbers that may be missing are written and read on both engines, with the types of
// whom they are the number.
func TestAnOrderKeepsWhomItIsForAndWhoConfirmedIt(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(100*amount.Sat), c.user(0)
		var game *app.App
		c.do(func(tx *db.Tx) (err error) {
			game, err = app.Link(c.ctx, tx, ann.ID, app.NewApp{Name: "game", Kind: app.LIME, Secret: "game", Budget: amount.Sat, Per: app.Total})
			return err
		})
		byGame := func(tx *db.Tx) (paymentorder.Approval, error) {
			a, err := app.Lock(c.ctx, tx, game.ID)
			return paymentorder.OutOfBudget(a, app.Request{Key: "1", Hash: "1"}), err
		}
		inPerson := func(*db.Tx) (paymentorder.Approval, error) { return paymentorder.InPerson(), nil }
		for name, tt := range map[string]struct {
			draft paymentorder.Draft
			word  func(tx *db.Tx) (paymentorder.Approval, error)
			to    sql.Null[useraccount.ID]
			by    sql.Null[app.ID]
		}{
			"a neighbour, by an app": {draft: inside(bob, amount.Sat), word: byGame,
				to: sql.Null[useraccount.ID]{V: bob.ID, Valid: true}, by: sql.Null[app.ID]{V: game.ID, Valid: true}},
			"a neighbour, in person": {draft: inside(bob, amount.Sat), word: inPerson, to: sql.Null[useraccount.ID]{V: bob.ID, Valid: true}},
			"the chain, in person":   {draft: outside(amount.Sat, amount.Sat), word: inPerson},
		} {
			o := c.draft(ann, tt.draft)
			if read := c.order(o); read.ToUser != tt.to || read.ByApp.Valid {
				t.Errorf("%s, before: to %v by %v, want to %v by nobody", name, read.ToUser, read.ByApp, tt.to)
			}
			c.do(func(tx *db.Tx) error {
				by, err := tt.word(tx)
				if err != nil {
					return err
				}
				_, err = limits.Confirm(c.ctx, tx, ann.ID, o.Code, by)
				return err
			})
			if read := c.order(o); read.ToUser != tt.to || read.ByApp != tt.by {
				t.Errorf("%s: to %v by %v, want to %v by %v", name, read.ToUser, read.ByApp, tt.to, tt.by)
			}
		}
	})
}
