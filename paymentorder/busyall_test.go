package paymentorder_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// What is asked of all users, by who writes, goes by what waits and not by what is over.
func TestOrdersThatAreOverMakeNobodyWait(t *testing.T) {
	errAsked := errors.New("asked")
	c := at(town{t, t.Context(), dbtest.SQLite(t)}, now)
	ann := c.user(100_000)
	bill := c.draft(ann, over(lightning.Preimage{7}, 1000, 10))
	for name, tt := range map[string]struct {
		ask   func(tx *db.Tx) error
		index string
	}{
		"what is on its way over Lightning": {func(tx *db.Tx) error {
			_, err := limits.Confirm(c.ctx, tx, bill.User, bill.Code, paymentorder.InPerson())
			return err
		}, "order_flight"},
		"what nobody confirmed":       {func(tx *db.Tx) error { _, err := paymentorder.ExpireOne(c.ctx, tx); return err }, "order_open"},
		"what is to be looked at":     {func(tx *db.Tx) error { _, err := paymentorder.Claim(c.ctx, tx, paymentorder.OnChain, 9); return err }, "order_due"},
		"what waits for a block":      {func(tx *db.Tx) error { return paymentorder.LookNow(c.ctx, tx, now) }, "order_due"},
		"what is stored":              {func(tx *db.Tx) error { _, err := paymentorder.Stored(c.ctx, tx); return err }, "order_due"},
		"what somebody has in hand":   {func(tx *db.Tx) error { _, err := paymentorder.InHand(c.ctx, tx); return err }, "order_due"},
		"what left lately":            {func(tx *db.Tx) error { _, err := paymentorder.Unburied(c.ctx, tx, 9); return err }, "order_outside"},
		"what left over Lightning":    {func(tx *db.Tx) error { _, err := paymentorder.OnTheirWay(c.ctx, tx, 9); return err }, "order_outside"},
		"when the first left":         {func(tx *db.Tx) error { _, _, err := paymentorder.FirstOutside(c.ctx, tx); return err }, "order_first"},
		"what an operator looks at":   {func(tx *db.Tx) error { _, err := paymentorder.AllUnderWay(c.ctx, tx); return err }, "order_due"},
		"what is to be looked at now": {func(tx *db.Tx) error { _, err := paymentorder.Due(c.ctx, tx, paymentorder.Lightning, now); return err }, "order_due"},
	} {
		var all []string
		c.SetWatch(func(queries ...string) { all = append(all, queries...) })
		err := c.Tx(c.ctx, func(tx *db.Tx) error {
			if err := tt.ask(tx); err != nil {
				return err
			}
			return errAsked
		})
		c.SetWatch(nil)
		if !errors.Is(err, errAsked) {
			t.Fatalf("%s: %v", name, err)
		}
		plans := ""
		for _, query := range all {
			plans += c.plan(query, make([]any, strings.Count(query, "$")+strings.Count(query, "?")))
		}
		if !strings.Contains(plans, tt.index) || scans.MatchString(plans) {
			t.Errorf("%s: want %s and no table from end to end: %s", name, tt.index, plans)
		}
	}
}

// scans is of a plan of SQLite that reads a table from end to end.
var scans = regexp.MustCompile(`SCAN (o|c|payment_order|coin|spent|app_spent)\b( USING COVERING INDEX| LEFT|\n)`)
