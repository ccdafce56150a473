package paymentorder_test

import (
	"flag"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// TestAnyEventsKeepTheBooks throws events at orders in any order, those that
// make no sense too. Whatever is refused changes nothing, and the books are
// clean after every one.
func TestAnyEventsKeepTheBooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fewer(t, 20) // each is some thirty transactions and as many audits
		rapid.Check(t, func(r *rapid.T) { anyEvents(r, town{r, t.Context(), d}) })
	})
}

// fewer sets how many sequences are tried, unless -rapid.checks was given.
func fewer(t *testing.T, n int) {
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return
	}
	if err := f.Value.Set(fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
}

func anyEvents(r *rapid.T, c town) {
	const start = 400 * amount.Sat
	users := []*useraccount.User{c.user(start), c.user(start), c.user(0)}
	out := amount.Msat(0) // that left for the chain or over Lightning
	var secrets []lightning.Preimage
	var orders []*paymentorder.Order
	steps := []struct {
		name string
		do   step
	}{
		{"mine", mine}, {"mine", mine}, {"unmine", unmine}, {"bury", bury}, {"deeper", deeper}, {"contradict", contradict},
		{"fail", fail}, {"resolve", resolve}, {"broadcast", broadcast}, {"begin", begin}, {"begin", begin}, {"bounce", bounce},
		{"confirm", func(c town, o *paymentorder.Order, u *useraccount.User, tx *db.Tx) error {
			_, err := limits.Confirm(c.ctx, tx, o.User, o.Code, paymentorder.InPerson())
			return err
		}},
		{"cancel", func(c town, o *paymentorder.Order, _ *useraccount.User, tx *db.Tx) error {
			return o.Cancel(c.ctx, tx, now)
		}},
	}
	r.Repeat(map[string]func(*rapid.T){
		"": func(*rapid.T) {
			sum := out
			for _, u := range users {
				for _, a := range []ledger.Account{u.Money, u.Held} {
					m, err := ledger.Balance(c.ctx, c.Read(), a)
					c.must(err)
					sum += m
				}
			}
			if sum != 2*start {
				c.Errorf("%d msat are somewhere, want %d", sum, 2*start)
			}
			for _, u := range users {
				c.spends(u, now)
			}
			c.clean()
		},
		"draft": func(r *rapid.T) {
			from := rapid.IntRange(0, 2).Draw(r, "from")
			m := amount.Msat(rapid.Int64Range(1, int64(250*amount.Sat)).Draw(r, "amount"))
			d := outside(m, amount.Msat(rapid.Int64Range(0, int64(20*amount.Sat)).Draw(r, "fee limit")))
			if rapid.Bool().Draw(r, "inside") {
				d = inside(users[(from+1)%3], m)
			}
			orders = append(orders, c.draft(users[from], d))
		},
		"draft over Lightning": func(r *rapid.T) { // also of an invoice that another order has
			from := rapid.IntRange(0, 2).Draw(r, "from")
			if rapid.Bool().Draw(r, "new") || len(secrets) == 0 {
				secrets = append(secrets, secret())
			}
			d := over(rapid.SampledFrom(secrets).Draw(r, "invoice"), amount.Msat(rapid.Int64Range(1, int64(250*amount.Sat)).Draw(r, "amount")),
				amount.Msat(rapid.Int64Range(0, int64(20*amount.Sat)).Draw(r, "fee limit")))
			orders = append(orders, c.draft(users[from], d))
		},
		"event": func(r *rapid.T) {
			if len(orders) == 0 {
				r.Skip()
			}
			o := c.order(rapid.SampledFrom(orders).Draw(r, "order"))
			s := rapid.SampledFrom(steps).Draw(r, "step")
			if fee := rapid.Int64Range(-1, int64(o.FeeLimit)+1).Draw(r, "fee"); rapid.Bool().Draw(r, "store") {
				s.name, s.do = fmt.Sprint("store ", fee), store(amount.Msat(max(fee, 0)))
				if o.Lightning() {
					s.name, s.do = "prove", prove(lightning.Outcome{State: lightning.Succeeded, Amount: o.Amount, Fee: amount.Msat(fee)})
				}
			}
			var u *useraccount.User
			for _, u = range users {
				if u.ID == o.User {
					break
				}
			}
			was := *o
			if was.Internal() && s.name != "confirm" && s.name != "cancel" {
				r.Skip() // workers see no such order: it is done when it is confirmed
			}
			err := c.Tx(c.ctx, func(tx *db.Tx) error { return s.do(c, o, u, tx) })
			if err != nil && s.name == "confirm" && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.InsufficientFunds) {
				c.Fatal(err)
			}
			if err != nil {
				if now := c.order(o); now.State != was.State {
					c.Errorf("%s was refused (%v), and the order is %s instead of %s", s.name, err, now.State, was.State)
				}
				return
			}
			total := was.Amount + amount.Msat(was.Fee.Int64)
			switch s.name {
			case "prove":
				out += c.order(o).Amount + amount.Msat(c.order(o).Fee.Int64)
			case "mine":
				out += total
			case "unmine":
				out -= total
			}
		},
	})
}
