package paymentorder_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestWhatIsOnItsWayOverLightningIsLimited(t *testing.T) {
	const m, fee = 90 * amount.Sat, 10 * amount.Sat
	bound := func(payments int, m amount.Msat) paymentorder.Bound {
		return paymentorder.Bound{Payments: payments, Amount: m}
	}
	for name, tt := range map[string]struct {
		flight paymentorder.Flight
		payers string // a: ann, b: bob of her server, c: carol of another one
		kind   fault.Kind
		phrase string // of the last one; "" it may fly
	}{
		"as much as a user may":     {paymentorder.Flight{User: bound(0, 2*(m+fee))}, "aa", 0, ""},
		"more than a user may":      {paymentorder.Flight{User: bound(0, 2*(m+fee)-1)}, "aa", fault.NotAllowed, "limit.in-flight"},
		"too much for a user alone": {paymentorder.Flight{User: bound(0, m+fee-1)}, "a", fault.NotAllowed, "limit.in-flight-alone"},
		"another user":              {paymentorder.Flight{User: bound(0, m+fee)}, "ab", 0, ""},
		"as much as a domain may":   {paymentorder.Flight{Domain: bound(2, 2*(m+fee))}, "ab", 0, ""},
		"too many of a domain":      {paymentorder.Flight{Domain: bound(2, 0)}, "aba", fault.Unavailable, "limit.in-flight-all"},
		"too much of a domain":      {paymentorder.Flight{Domain: bound(0, 2*(m+fee))}, "aba", fault.Unavailable, "limit.in-flight-all"},
		"another domain":            {paymentorder.Flight{Domain: bound(2, 2*(m+fee))}, "abc", 0, ""},
		"as much as all may":        {paymentorder.Flight{All: bound(3, 3*(m+fee))}, "abc", 0, ""},
		"too many of all":           {paymentorder.Flight{All: bound(3, 0)}, "abac", fault.Unavailable, "limit.in-flight-all"},
		"too much of all":           {paymentorder.Flight{All: bound(0, 3*(m+fee))}, "abac", fault.Unavailable, "limit.in-flight-all"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c town) {
				l := limits
				l.Flight = tt.flight
				payers := map[rune]*useraccount.User{'a': c.user(1000 * amount.Sat), 'b': c.user(1000 * amount.Sat),
					'c': c.userOf("xn--nxasmq6b.example", long, 1000*amount.Sat)}
				var err error
				var first *paymentorder.Order
				for i, who := range tt.payers {
					o := c.draft(payers[who], over(secret(), m, fee))
					if err = c.within(l, payers[who], o.Code); err != nil && i < len(tt.payers)-1 {
						t.Fatalf("payment %d: %v", i, err)
					}
					if first == nil {
						first = o
					}
				}
				if tt.phrase == "" {
					c.must(err)
					return
				}
				says(t, err, tt.kind, tt.phrase)
				if f := fault.Of(err); tt.kind == fault.Unavailable && len(f.Args) > 0 {
					t.Errorf("it tells what others do: %v", f.Args)
				}
				who := payers[rune(tt.payers[len(tt.payers)-1])]
				// What stays in the house or goes to the chain is not meant.
				c.must(c.within(l, who, c.draft(who, c.invoiced(payers['b'], secret(), 100)).Code))
				c.must(c.within(l, who, c.draft(who, outside(100*amount.Sat, amount.Sat)).Code))
				if len(tt.payers) > 1 { // when one has ended the next may fly
					c.must(c.try(begin, c.order(first), payers['a']))
					c.must(c.try(bounce, c.order(first), payers['a']))
					c.must(c.within(l, who, c.draft(who, over(secret(), m, fee)).Code))
				}
				c.clean()
			})
		})
	}
}

func TestOfManyAtOnceWhatAllHaveOnTheirWayHolds(t *testing.T) {
	for name, flight := range map[string]paymentorder.Flight{
		"of a domain": {Domain: paymentorder.Bound{Payments: 3}},
		"of all":      {All: paymentorder.Bound{Amount: 3 * amount.Sat}},
	} {
		t.Run(name, func(t *testing.T) {
			c := onPostgres(t)
			l := limits
			l.Flight = flight
			var all []*useraccount.User
			var codes []string
			for range 20 {
				u := c.user(10 * amount.Sat)
				all, codes = append(all, u), append(codes, c.draft(u, over(secret(), amount.Sat, 0)).Code)
			}
			won := 0
			for _, err := range atOnce(20, func(i int) error { return c.within(l, all[i], codes[i]) }) {
				if err == nil {
					won++
				}
			}
			if won != 3 {
				t.Errorf("%d are on their way, 3 may be", won)
			}
			c.clean()
		})
	}
}
