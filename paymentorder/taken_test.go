package paymentorder_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// One invoice stands in several orders, and one of them may pay it: until that
// one failed.
func TestOneInvoiceIsPaidByOneOrder(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		for name, steps := range map[string][]step{
			"set aside": nil,
			"begun":     {begin},
			"on a way":  {begin, broadcast},
			"stuck":     {begin, contradict},
			"paid":      {begin, nil},
		} {
			ann, bob, p := c.user(1000*amount.Sat), c.user(1000*amount.Sat), secret()
			d := over(p, 100_000, 0)
			first, again, bobs := c.draft(ann, d), c.draft(ann, d), c.draft(bob, d)
			c.must(c.confirm(ann, first.Code))
			for _, do := range steps {
				if do == nil {
					do = prove(paidFor(p, 100_000, 0))
				}
				c.must(c.try(do, first, ann))
			}
			says(t, c.confirm(ann, again.Code), fault.Conflict, "order.invoice-taken")
			says(t, c.confirm(bob, bobs.Code), fault.Conflict, "order.invoice-taken")
			says(t, c.confirm(bob, c.draft(bob, d).Code), fault.Conflict, "order.invoice-taken") // one that was ordered later
			c.has(bob, 1000*amount.Sat, 0)
			c.is(again, paymentorder.New)
			paying, err := paymentorder.Paying(t.Context(), c.Read(), d.Hash)
			c.must(err)
			if paying == nil || paying.ID != first.ID {
				t.Errorf("%s: %+v pays it", name, paying)
			}
			c.clean()
		}
	})
}

func TestAnInvoiceWhosePaymentFailedMayBeOrderedAgain(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		for name, steps := range map[string][]step{"before it began": {fail}, "on its way": {begin, broadcast, bounce}} {
			ann, bob, p := c.user(1000*amount.Sat), c.user(1000*amount.Sat), secret()
			d := over(p, 100_000, 7)
			first, again, bobs := c.draft(ann, d), c.draft(ann, d), c.draft(bob, d)
			c.must(c.confirm(ann, first.Code))
			for _, do := range steps {
				c.must(c.try(do, first, ann))
			}
			if paying, err := paymentorder.Paying(t.Context(), c.Read(), d.Hash); err != nil || paying != nil {
				t.Errorf("%s: %+v pays it (%v)", name, paying, err)
			}
			c.must(c.confirm(bob, bobs.Code))
			says(t, c.confirm(ann, again.Code), fault.Conflict, "order.invoice-taken")
			c.must(c.try(begin, bobs, bob))
			c.must(c.try(prove(paidFor(p, 100_000, 3)), bobs, bob))
			c.has(ann, 1000*amount.Sat, 0)
			c.has(bob, 1000*amount.Sat-100_003, 0)
			c.clean()
		}
	})
}

// Two users confirm many orders for one invoice at several gateways at once.
// Whoever comes too late hears of it, whether he saw the other or broke the
// index of the schema.
func TestConfirmsOfOneInvoiceRace(t *testing.T) {
	const clients, rounds = 24, 4
	several(t, 3, func(t *testing.T, all []town) {
		c := all[0]
		users := []*useraccount.User{c.user(1000 * amount.Sat), c.user(1000 * amount.Sat)}
		for range rounds {
			d := over(secret(), 1000, 10)
			var orders []*paymentorder.Order
			for i := range clients {
				orders = append(orders, c.draft(users[i%2], d))
			}
			won := 0
			for _, err := range atOnce(clients, func(i int) error { return all[i%3].confirm(users[i%2], orders[i].Code) }) {
				switch {
				case err == nil:
					won++
				default:
					says(t, err, fault.Conflict, "order.invoice-taken")
				}
			}
			held := 0
			for _, o := range orders {
				if c.order(o).State == paymentorder.Held {
					held++
				}
			}
			if won != 1 || held != 1 {
				t.Errorf("%d won, %d are held", won, held)
			}
		}
		c.clean()
	})
}

func TestPaymentsInFlightAreLimited(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(1000*amount.Sat), c.user(1000*amount.Sat)
		l := limits
		l.InFlight = 3
		confirm := func(u *useraccount.User, d paymentorder.Draft) (*paymentorder.Order, error) {
			o := c.draft(u, d)
			return o, c.within(l, u, o.Code)
		}
		p := secret()
		var flying []*paymentorder.Order
		for _, d := range []paymentorder.Draft{over(p, 100, 0), over(secret(), 100, 0), c.invoiced(bob, secret(), 100)} {
			o, err := confirm(ann, d)
			c.must(err)
			flying = append(flying, o)
		}
		c.must(c.try(begin, flying[0], ann))
		c.must(c.try(begin, flying[1], ann))
		c.must(c.try(contradict, flying[1], ann))
		_, err := confirm(ann, over(secret(), 100, 0))
		says(t, err, fault.NotAllowed, "limit.in-flight")
		if n, err := paymentorder.Flying(t.Context(), c.Read(), ann.ID); err != nil || n != 3 {
			t.Errorf("%d fly (%v)", n, err)
		}
		// Others, and other ways to pay, are not limited by that.
		_, err = confirm(bob, over(secret(), 100, 0))
		c.must(err)
		_, err = confirm(ann, inside(bob, 100))
		c.must(err)
		_, err = confirm(ann, outside(100*amount.Sat, amount.Sat))
		c.must(err)
		c.must(c.try(prove(paidFor(p, 100, 0)), flying[0], ann))
		_, err = confirm(ann, over(secret(), 100, 0))
		c.must(err)
		c.clean()
	})
}

func TestAnOrderWaitsNoLongerThanItsInvoice(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann := c.user(1000 * amount.Sat)
		for name, tt := range map[string]struct{ invoice, want int64 }{
			"an invoice for days":   {now + 3*24*3600, now + limits.TTL},
			"one for some seconds":  {now + 5, now + 5},
			"one that says nothing": {0, now + limits.TTL},
		} {
			d := over(secret(), 100, 0)
			d.Expires = tt.invoice
			o := c.draft(ann, d)
			if got := c.order(o).Expires; o.Expires != tt.want || got != tt.want {
				t.Errorf("%s: got %d and %d, want %d", name, o.Expires, got, tt.want)
			}
			says(t, at(c, tt.want).confirm(ann, o.Code), fault.Conflict, "order.expired")
		}
		c.clean()
	})
}

func TestAWorkerClaimsItsOwnKindOnly(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(1000*amount.Sat), c.user(0)
		claim := func(k paymentorder.Kind, at int64) (o *paymentorder.Order) {
			t.Helper()
			c.at(at)
			c.do(func(tx *db.Tx) (err error) {
				o, err = paymentorder.Claim(t.Context(), tx, k, 60)
				return err
			})
			return o
		}
		chain := c.held(ann, 100*amount.Sat, 0)
		c.ordered(ann, inside(bob, 100))
		mine := map[paymentorder.ID]bool{}
		for _, d := range []paymentorder.Draft{over(secret(), 100, 1), c.invoiced(bob, secret(), 100), over(secret(), 100, 1)} {
			mine[c.ordered(ann, d).ID] = true
		}
		stuck := c.ordered(ann, over(secret(), 100, 1))
		c.must(c.try(begin, stuck, ann))
		c.must(c.try(contradict, stuck, ann))
		mine[stuck.ID] = true
		c.draft(ann, over(secret(), 100, 1)) // without its code
		if o := claim(paymentorder.OnChain, now); o == nil || o.ID != chain.ID {
			t.Errorf("the chain's worker claims %+v", o)
		}
		if o := claim(paymentorder.OnChain, now+30); o != nil {
			t.Errorf("the chain's worker claims also %+v", o)
		}
		for at := int64(now); at < now+600; at += 61 {
			seen := map[paymentorder.ID]bool{}
			for o := claim(paymentorder.Lightning, at); o != nil; o = claim(paymentorder.Lightning, at) {
				if !mine[o.ID] || seen[o.ID] || !o.Lightning() {
					t.Errorf("at %d it claims %+v", at-now, o)
				}
				seen[o.ID] = true
			}
			// The stuck one was begun: its holder may be in a call, and is waited for once more.
			if want := 4 - int(at-now)/61%2; len(seen) != want {
				t.Errorf("at %d it claims %d, want %d", at-now, len(seen), want)
			}
		}
	})
}

// Workers ask for what is due every second: they must not read what is history.
func TestAClaimReadsTheIndex(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		var index string
		query := `SELECT sql FROM sqlite_master WHERE name = 'order_due'`
		if c.Dialect == db.Postgres {
			query = `SELECT indexdef FROM pg_indexes WHERE indexname = 'order_due'`
		}
		c.must(sqlx.GetContext(t.Context(), c.Read(), &index, query))
		for _, s := range paymentorder.Live {
			if !strings.Contains(index, "'"+string(s)+"'") {
				t.Errorf("an order that is %s is claimed, and not in %s", s, index)
			}
		}
	})
}
