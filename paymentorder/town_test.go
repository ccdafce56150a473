package paymentorder_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// now is when everything happens that has no time of its own; long is when the
// accounts were made, before their first day.
const (
	now  = 1_700_000_000
	long = now - 10*24*3600
)

const stranger = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

var limits = paymentorder.Limits{Payment: 1000 * amount.Sat, Day: 5000 * amount.Sat, FirstDay: 300 * amount.Sat,
	Balance: 100_000 * amount.Sat, OpenOrders: 200, TTL: 600}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}

// town is a database with people in it.
type town struct {
	fataler
	ctx context.Context
	*db.DB
}

// each opens a town on each engine.
func each(t *testing.T, test func(t *testing.T, c town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, at(town{t, t.Context(), d}, now)) })
}

// several opens one town through n programs, on each engine.
func several(t *testing.T, n int, test func(t *testing.T, all []town)) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			var all []town
			for _, d := range dbtest.Several(t, dialect, n) {
				all = append(all, at(town{t, t.Context(), d}, now))
			}
			test(t, all)
		})
	}
}

func (c town) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// at has the database's clock stand at a time.
func (c town) at(now int64) { c.SetClock(func() time.Time { return time.Unix(now, 0) }) }

// do runs one transaction that must succeed.
func (c town) do(fn func(tx *db.Tx) error) {
	c.Helper()
	c.must(c.Tx(c.ctx, fn))
}

var people atomic.Int64

// user is a newcomer with money that came from an import.
func (c town) user(has amount.Msat) *useraccount.User { return c.userSince(long, has) }

func (c town) userSince(created int64, has amount.Msat) *useraccount.User {
	return c.userOf("example.org", created, has)
}

func (c town) userOf(domain string, created int64, has amount.Msat) *useraccount.User {
	c.Helper()
	n := people.Add(1)
	var u *useraccount.User
	c.do(func(tx *db.Tx) (err error) {
		if u, _, err = useraccount.Register(c.ctx, tx, fmt.Sprintf("user%d@%s", n, domain), created); err != nil || has == 0 {
			return err
		}
		from, err := ledger.System(c.ctx, tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(c.ctx, tx, ledger.Transfer{Ref: fmt.Sprintf("import:%d", n), Step: "open", Debit: from, Credit: u.Money,
			Amount: has, At: created})
	})
	return u
}

// fresh reads a user again.
func (c town) fresh(u *useraccount.User) *useraccount.User {
	c.Helper()
	u, err := useraccount.ByID(c.ctx, c.Read(), u.ID)
	c.must(err)
	return u
}

// inside asks for a payment to a neighbour, outside for one to the chain.
func inside(to *useraccount.User, m amount.Msat) paymentorder.Draft {
	return paymentorder.Draft{ToUser: to, SaidTo: to.JID, Amount: m}
}

func outside(m, feeLimit amount.Msat) paymentorder.Draft {
	return paymentorder.Draft{ToAddress: stranger, SaidTo: stranger, Amount: m, FeeLimit: feeLimit, Speed: "normal", FeeRate: 2000}
}

func (c town) draft(u *useraccount.User, d paymentorder.Draft) *paymentorder.Order {
	c.Helper()
	var o *paymentorder.Order
	c.do(func(tx *db.Tx) (err error) {
		o, err = limits.Draft(c.ctx, tx, u, d, now)
		return err
	})
	return o
}

// at sets the clock of the database.
func at(c town, seconds int64) town {
	c.SetClock(func() time.Time { return time.Unix(seconds, 0) })
	return c
}

func (c town) confirm(u *useraccount.User, code string) error { return c.within(limits, u, code) }

func (c town) within(l paymentorder.Limits, u *useraccount.User, code string) error {
	return c.Tx(c.ctx, func(tx *db.Tx) error {
		_, err := l.Confirm(c.ctx, tx, u.ID, code, paymentorder.InPerson())
		return err
	})
}

// held is an order to the chain whose money is set aside.
func (c town) held(u *useraccount.User, m, feeLimit amount.Msat) *paymentorder.Order {
	c.Helper()
	o := c.draft(u, outside(m, feeLimit))
	c.must(c.confirm(u, o.Code))
	return c.order(o)
}

func (c town) order(o *paymentorder.Order) *paymentorder.Order {
	c.Helper()
	o, err := paymentorder.ByID(c.ctx, c.Read(), o.ID)
	c.must(err)
	return o
}

// signed is a transaction that nobody signed.
func signed(o *paymentorder.Order, fee amount.Msat) chain.Prepared {
	txid := fmt.Sprintf("%064x", o.ID)
	return chain.Prepared{TxID: txid, Raw: []byte(txid), Fee: fee, Inputs: []chain.Outpoint{{TxID: txid, Vout: 1}}}
}

// has checks what a user can spend and what is held.
func (c town) has(u *useraccount.User, money, held amount.Msat) {
	c.Helper()
	for _, tt := range []struct {
		what string
		a    ledger.Account
		want amount.Msat
	}{{"money", u.Money, money}, {"held", u.Held, held}} {
		got, err := ledger.Balance(c.ctx, c.Read(), tt.a)
		c.must(err)
		if got != tt.want {
			c.Errorf("%s has %s %d msat, want %d", u.JID, tt.what, got, tt.want)
		}
	}
}

// is checks the state of an order.
func (c town) is(o *paymentorder.Order, want paymentorder.State) {
	c.Helper()
	if got := c.order(o).State; got != want {
		c.Errorf("order is %s, want %s", got, want)
	}
}

// clean checks the books.
func (c town) clean() {
	c.Helper()
	found, err := audit.Books(c.ctx, c.Read())
	c.must(err)
	for _, f := range found {
		c.Errorf("%s: %s", f.Rule, f.What)
	}
}

// says checks the phrase of a fault.
func says(t *testing.T, err error, kind fault.Kind, phrase string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Phrase != phrase {
		t.Errorf("got %v, want %v %s", err, kind, phrase)
	}
}
