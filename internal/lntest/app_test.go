package lntest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// desk is where the apps of a town ask.
func (c *town) desk() *command.Desk {
	c.Helper()
	words, err := i18n.Load("")
	if err != nil {
		c.Fatal(err)
	}
	return command.New(&wallet.Service{DB: c.DB, Words: words, Clock: c.clock,
		Lightning: wallet.Lightning{Node: c.node, Fees: paymentorder.Fees{PerMillion: 10_000, Least: 10 * amount.Sat}, Expiry: time.Hour, Open: 50, FinalCLTV: 144},
		Policy:    wallet.Policy{Domain: "bitcoin.example.org", Network: "regtest", Languages: []string{"en"}, Served: []string{"example.org"}, Limits: limits, Stale: 60}})
}

// app lets a program at somebody's wallet, with a budget in sat.
func (c *town) app(u *useraccount.User, name string, budget int64) (a *app.App) {
	c.Helper()
	c.do(func(tx *db.Tx) (err error) {
		a, err = app.Link(c.Context(), tx, u.ID, app.NewApp{Name: name, Kind: app.Moneysocket, Secret: fmt.Sprintf("%032x", int64(u.ID)*100+int64(len(name))),
			Budget: amount.FromSats(budget), Per: app.Total})
		return err
	})
	return a
}

// hears works until an app has news for a key, and marks it as told.
func (c *town) hears(d *command.Desk, a *app.App, key string) (got wallet.AppAnswer) {
	c.Helper()
	c.work(a.Name+" hears of "+key, func() error {
		news, err := d.AppNews(c.Context(), []app.ID{a.ID})
		if err != nil {
			return err
		}
		for _, n := range news {
			if n.Key == key {
				got = n
				return d.AppTold(c.Context(), []wallet.AppAnswer{n})
			}
		}
		return errors.New("nothing yet")
	})
	return got
}

func (c *town) pays(d *command.Desk, a *app.App, key, invoice string) wallet.AppAnswer {
	c.Helper()
	got, err := d.AppPay(c.Context(), a.ID, key, invoice)
	if err != nil {
		c.Fatalf("%s: %v", key, err)
	}
	return got
}

func TestAnAppPaysWithinItsBudgetAndAsksAboveIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database *db.DB) {
		c := open(t, database)
		c.listen(c.node)
		d, ann := c.desk(), c.user(100_000)
		game := c.app(ann, "game", 10_000)

		tea := c.asks(c.far, 2_000_000)
		if got := c.pays(d, game, "k1", tea); !got.Waiting {
			t.Fatalf("at once it hears %+v", got)
		}
		paid := c.hears(d, game, "k1")
		if len(paid.Preimage) != 64 || paid.Fee <= 0 || paid.Incoming || paid.Refused != nil {
			t.Errorf("it hears %+v", paid)
		}
		if again := c.pays(d, game, "k1", tea); again.Preimage != paid.Preimage || again.Waiting {
			t.Errorf("asked again it hears %+v", again)
		}
		if again := c.pays(d, game, "k2", tea); again.Preimage != paid.Preimage {
			t.Errorf("under another key it hears %+v", again)
		}
		if ours, usual := c.told(ann, "app.paid"), c.told(ann, "order.paid-invoice"); ours != 1 || usual != 0 {
			t.Errorf("ann is told %d times of the app and %d times as of her own", ours, usual)
		}
		if left, err := game.Left(t.Context(), c.Read(), c.clock().Unix()); err != nil || left != 10_000_000-2_000_000-paid.Fee {
			t.Errorf("%d msat are left of the budget (%v)", left, err)
		}

		lamp := c.asks(c.far, 30_000_000)
		if got := c.pays(d, game, "k3", lamp); !got.Waiting || c.told(ann, "app.asks") != 1 {
			t.Fatalf("it hears %+v, and ann is asked %d times", got, c.told(ann, "app.asks"))
		}
		waiting, err := paymentorder.Waiting(t.Context(), c.Read(), ann.ID, c.clock().Unix())
		if err != nil || len(waiting) != 1 {
			t.Fatalf("waiting: %v, %v", waiting, err)
		}
		if _, err := d.Ask(t.Context(), command.Request{User: ann.JID, ID: "a1", Text: "allow " + waiting[0].Code}); err != nil {
			t.Fatal(err)
		}
		if got := c.hears(d, game, "k3"); len(got.Preimage) != 64 {
			t.Errorf("after it was allowed it hears %+v", got)
		}
		if usual := c.told(ann, "order.paid-invoice"); usual != 1 {
			t.Errorf("ann is told %d times of what she allowed", usual)
		}
		c.books()
	})
}

// What comes to nothing is no news for the user, costs no budget, and is said
// to the app.
func TestAnAppsPaymentThatFails(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	d, ann := c.desk(), c.user(100_000)
	game := c.app(ann, "game", 50_000)
	bill := c.asks(c.far, 3_000_000)
	in, err := c.node.Decode(t.Context(), bill)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.far.Cancel(t.Context(), in.Hash); err != nil {
		t.Fatal(err)
	}
	c.pays(d, game, "k1", bill)
	if got := c.hears(d, game, "k1"); got.Refused == nil || got.Preimage != "" {
		t.Errorf("it hears %+v", got)
	}
	if left, err := game.Left(t.Context(), c.Read(), c.clock().Unix()); err != nil || left != 50_000_000 {
		t.Errorf("%d msat are left (%v)", left, err)
	}
	if err := c.has(ann, 100_000_000, 0); err != nil {
		t.Error(err)
	}
	if again := c.pays(d, game, "k1", bill); again.Refused == nil || again.Waiting {
		t.Errorf("asked again it hears %+v", again)
	}
	c.books()
}

// Invoices of an app, paid from outside and by a neighbour's app.
func TestAnAppIsPaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database *db.DB) {
		c := open(t, database)
		c.listen(c.node)
		d, ann, bob := c.desk(), c.user(50_000), c.user(0)
		game, shop := c.app(ann, "game", 20_000), c.app(bob, "shop", 0)
		ask := func(key string, m amount.Msat) string {
			got, err := d.AppInvoice(t.Context(), shop.ID, key, m, "a hat")
			if err != nil || got.Invoice == "" {
				t.Fatalf("%+v, %v", got, err)
			}
			return got.Invoice
		}
		outside, inside := ask("i1", 4_000_001), ask("i2", 5_000_002)
		if _, err := c.far.Settle(t.Context(), outside); err != nil {
			t.Fatal(err)
		}
		if got := c.hears(d, shop, "i1"); !got.Incoming || len(got.Preimage) != 64 {
			t.Errorf("paid from outside it hears %+v", got)
		}
		c.pays(d, game, "k1", inside)
		paid, came := c.hears(d, game, "k1"), c.hears(d, shop, "i2")
		if paid.Preimage == "" || paid.Preimage != came.Preimage || !came.Incoming || paid.Incoming || paid.Fee != 0 {
			t.Errorf("one hears %+v, the other %+v", paid, came)
		}
		if err := errors.Join(c.has(ann, 50_000_000-5_000_002, 0), c.has(bob, 9_000_003, 0)); err != nil {
			t.Error(err)
		}
		if n := c.told(bob, "invoice.received-memo"); n != 2 {
			t.Errorf("bob was told %d times", n)
		}
		c.books()
	})
}
