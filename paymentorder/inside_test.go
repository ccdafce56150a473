package paymentorder_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// A neighbour is paid in one transfer that nothing comes before. What may leave is set
// aside first, and a neighbour's invoice may: the node has not given it back yet.
func TestOnlyWhatMayLeaveIsSetAside(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(10_000*amount.Sat), c.user(0)
		bill := over(secret(), 100*amount.Sat, 0)
		bill.ToUser = bob
		for name, tt := range map[string]struct {
			draft paymentorder.Draft
			state paymentorder.State
			books []string // step, debit, credit
		}{
			"a neighbour":           {inside(bob, 100*amount.Sat), paymentorder.Done, []string{fmt.Sprint("pay ", ann.Money, " ", bob.Money)}},
			"a neighbour's invoice": {bill, paymentorder.Held, []string{fmt.Sprint("hold ", ann.Money, " ", ann.Held)}},
			"an address":            {outside(100*amount.Sat, 0), paymentorder.Held, []string{fmt.Sprint("hold ", ann.Money, " ", ann.Held)}},
		} {
			o := c.draft(ann, tt.draft)
			c.must(c.confirm(ann, o.Code))
			if o = c.order(o); o.State != tt.state || o.Confirmed.Int64 != now || o.Ended.Valid != (tt.state == paymentorder.Done) {
				t.Errorf("%s: %+v", name, o)
			}
			var books []string
			c.must(sqlx.SelectContext(c.ctx, c.Read(), &books, `
SELECT step || ' ' || CAST(debit AS TEXT) || ' ' || CAST(credit AS TEXT) FROM transfer WHERE ref = $1 ORDER BY id`, o.Ref()))
			if !slices.Equal(books, tt.books) {
				t.Errorf("%s: booked %q, want %q", name, books, tt.books)
			}
		}
		c.has(ann, 9_700*amount.Sat, 200*amount.Sat)
		c.has(bob, 100*amount.Sat, 0)
		c.clean()
	})
}
