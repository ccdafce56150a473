package deposit_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

var clock = func() time.Time { return time.Unix(now, 0) }

func TestMain(m *testing.M) { dbtest.Main(m) }

const now = 1_700_000_000

var rules = deposit.Rules{Confirmations: 2, ConfirmationsLarge: 4, Large: 1000 * amount.Sat, Minimum: 10 * amount.Sat}

// wallet is the one that the coins come to.
var wallet = deposit.Wallet{"first", "key"}

// town is a database with one depositor.
type town struct {
	*testing.T
	*db.DB
	ann  *useraccount.User
	addr string
}

var people atomic.Int64

func each(t *testing.T, test func(t *testing.T, c *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}

func open(t *testing.T, d *db.DB) *town {
	t.Helper()
	d.SetClock(clock)
	n := people.Add(1)
	c := &town{T: t, DB: d, addr: fmt.Sprintf("bcrt1qaddress%d", n)}
	c.do(func(tx *db.Tx) (err error) {
		if c.ann, _, err = useraccount.Register(t.Context(), tx, fmt.Sprintf("ann%d@example.org", n), now); err != nil {
			return err
		}
		return deposit.AddAddress(t.Context(), tx, c.ann.ID, c.addr, "", now)
	})
	return c
}

func (c *town) do(fn func(tx *db.Tx) error) {
	c.Helper()
	if err := c.Tx(c.Context(), fn); err != nil {
		c.Fatal(err)
	}
}

// sight is a coin of ann's as the chain shows it.
func (c *town) sight(sat, confirmations int64) chain.Coin {
	s := chain.Coin{Outpoint: chain.Outpoint{TxID: fmt.Sprintf("%064x", sat), Vout: 1}, Address: c.addr, Amount: amount.FromSats(sat),
		Confirmations: confirmations}
	if confirmations > 0 {
		s.BlockHash, s.Height = fmt.Sprintf("%064d", 100-confirmations), 100
	}
	return s
}

func (c *town) book(s chain.Coin) {
	c.Helper()
	c.do(func(tx *db.Tx) error { return rules.Book(c.Context(), tx, now, "key", s) })
}

func (c *town) lost(s chain.Coin) {
	c.Helper()
	c.do(func(tx *db.Tx) error { return rules.Lost(c.Context(), tx, now, wallet, s.Outpoint) })
}

// has checks what ann can spend, and what the operator lost, in sat.
func (c *town) has(money, loss int64) {
	c.Helper()
	account, err := ledger.System(c.Context(), c.Read(), "loss")
	if err != nil {
		c.Fatal(err)
	}
	for a, want := range map[ledger.Account]int64{c.ann.Money: money, account: -loss} {
		if got, err := ledger.Balance(c.Context(), c.Read(), a); err != nil || got != amount.FromSats(want) {
			c.Errorf("account %d has %d sat (%v), want %d", a, got.Sats(), err, want)
		}
	}
}

// is checks the state of a coin.
func (c *town) is(s chain.Coin, want deposit.State) {
	c.Helper()
	got, err := deposit.Find(c.Context(), c.Read(), s.Outpoint)
	if err != nil || got == nil || got.State != want {
		c.Errorf("got %+v (%v), want %s", got, err, want)
	}
}

// limits stop nobody.
var limits = paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 100, TTL: 600}

// spend pays some of ann's money to a neighbour.
func (c *town) spend(sat int64) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		bob, _, err := useraccount.Register(c.Context(), tx, fmt.Sprintf("payee%d@example.org", people.Add(1)), now)
		if err != nil {
			return err
		}
		o, err := limits.Draft(c.Context(), tx, c.ann, paymentorder.Draft{ToUser: bob, SaidTo: bob.JID, Amount: amount.FromSats(sat)}, now)
		if err != nil {
			return err
		}
		_, err = limits.Confirm(c.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
}

// told lists the phrases that ann was told.
func (c *town) told() (phrases []string) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		return tx.SelectContext(c.Context(), &phrases, `SELECT phrase FROM notice WHERE jid = $1 ORDER BY id`, c.ann.JID)
	})
	return phrases
}

func (c *town) clean() {
	c.Helper()
	found, err := audit.Books(c.Context(), c.Read())
	if err != nil {
		c.Fatal(err)
	}
	for _, f := range found {
		c.Errorf("%s: %s", f.Rule, f.What)
	}
}
