package worker_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/nodetest"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// shared is the chain and the wallet of all tests. A test takes the money
// that it finds in the wallet for the operator's.
var shared nodetest.Wallet

func TestMain(m *testing.M) { nodetest.Main(m, shared.Stop) }

// rules, limits and final are those of every town.
var (
	rules  = deposit.Rules{Confirmations: 1, ConfirmationsLarge: 3, Large: 1_000_000 * amount.Sat, Minimum: 1000 * amount.Sat}
	limits = paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 100, TTL: 600}
)

const final = 3

// town is a gateway without a door, on a real chain.
type town struct {
	*testing.T
	*db.DB
	chain  *regtest.Chain
	lnd    *regtest.LND
	node   chain.Node
	frozen atomic.Bool
	ahead  *atomic.Int64 // seconds: the clock of the database runs as fast as the test
	stored func(context.Context, *paymentorder.Order)

	surplus amount.Msat // of the wallet when the test began
	started int64       // height
}

func open(t *testing.T, d *db.DB) *town {
	t.Helper()
	shared.Start(t)
	c := &town{T: t, DB: d, chain: shared.Chain, lnd: shared.LND, ahead: &atomic.Int64{}}
	d.SetClock(c.clock)
	c.node = c.another(5 * time.Second)
	if _, err := c.chain.Mine(t.Context(), 1); err != nil { // what others left behind
		t.Fatal(err)
	}
	c.until("the wallet has the tip", func() error {
		height, err := c.chain.Height(t.Context())
		if err != nil {
			return err
		}
		c.started = height
		info, err := c.node.Info(t.Context())
		if err == nil && (info.Height != height || !info.Synced) {
			err = fmt.Errorf("it is at %d of %d", info.Height, height)
		}
		return err
	})
	// What is older is none of ours: a cursor of LND is a height.
	keys, err := c.node.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.do(func(tx *db.Tx) error {
		return deposit.MoveCursor(t.Context(), tx, keys[0], strconv.FormatInt(c.started, 10), 1)
	})
	var r audit.Report
	c.until("the node is looked at", func() (err error) {
		r, err = audit.World(t.Context(), d, c.node, nil, audit.Everything)
		return err
	})
	c.do(func(tx *db.Tx) error { _, err := r.Keep(t.Context(), tx); return err })
	c.surplus = r.Surplus
	return c
}

// in is the same town in a subtest.
func (c *town) in(t *testing.T) *town {
	sub := &town{T: t, DB: c.DB, chain: c.chain, lnd: c.lnd, node: c.node, ahead: c.ahead, surplus: c.surplus}
	var err error
	if sub.started, err = c.chain.Height(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.ahead.Add(120) // past what the last one claimed
	return sub
}

// another opens the wallet as another gateway would, which waits so long for
// an answer.
func (c *town) another(timeout time.Duration) chain.Node {
	c.Helper()
	node, err := chain.Open(c.Context(), chain.Config{Kind: "lnd", Network: "regtest", FallbackFeeRate: 2000, Timeout: timeout,
		LND: chain.LNDConfig{URL: "https://" + c.lnd.RESTAddr, CertFile: c.lnd.TLSCertPath, MacaroonFile: c.lnd.MacaroonPath}})
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		if err := node.Close(); err != nil {
			c.Error(err)
		}
	})
	return node
}

func (c *town) clock() time.Time { return time.Now().Add(time.Duration(c.ahead.Load()) * time.Second) }

func (c *town) log() *slog.Logger { return slog.New(slog.NewTextHandler(c.Output(), nil)) }

// pay and deposits are the workers of a gateway that sees the chain by node.
func (c *town) pay(node chain.Node) *worker.Pay {
	return &worker.Pay{DB: c.DB, Chain: node, Clock: c.clock, Log: c.log(), Poll: time.Second, Final: final, Frozen: &c.frozen, Stored: c.stored}
}

func (c *town) deposits(node chain.Node) *worker.Deposits {
	return &worker.Deposits{DB: c.DB, Chain: node, Rules: rules, Log: c.log()}
}

// patience is how long the world may take; no test expects it to be short.
const patience = 60 * time.Second

// until repeats a question until the answer is nil.
func (c *town) until(what string, ask func() error) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			c.Fatalf("%s: still not after %v: %v", what, patience, err)
		case <-tick.C:
		}
	}
}

// turn lets both workers take a step each, a few seconds later than before.
func (c *town) turn() error {
	c.ahead.Add(2)
	_, err := c.deposits(c.node).Step(c.Context())
	_, err2 := did(c.pay(c.node).Step(c.Context()))
	return errors.Join(err, err2)
}

// work turns until it is so.
func (c *town) work(what string, so func() error) {
	c.Helper()
	c.until(what, func() error {
		err := c.turn()
		if wrong := so(); wrong != nil {
			return errors.Join(wrong, err)
		}
		return nil
	})
}

func (c *town) do(fn func(tx *db.Tx) error) {
	c.Helper()
	if err := c.Tx(c.Context(), fn); err != nil {
		c.Fatal(err)
	}
}

func (c *town) mine(n int) {
	c.Helper()
	if _, err := c.chain.Mine(c.Context(), n); err != nil {
		c.Fatal(err)
	}
}

// user is a newcomer with an address.
func (c *town) user() (u *useraccount.User, addr string) {
	c.Helper()
	addr, err := c.node.Address(c.Context(), "")
	if err != nil {
		c.Fatal(err)
	}
	c.do(func(tx *db.Tx) (err error) {
		if u, _, err = useraccount.Register(c.Context(), tx, rand.Text()+"@example.org", 1); err != nil {
			return err
		}
		return deposit.AddAddress(c.Context(), tx, u.ID, addr, "", 1)
	})
	return u, addr
}

// rich is a user with a deposit of sat satoshis in a block.
func (c *town) rich(sat int64) *useraccount.User {
	c.Helper()
	return c.hoarder(1, sat)
}

// hoarder is a user with some deposits of sat satoshis each, in one block. A node
// that forgets whom it has answered needs as many coins: it keeps those that it
// took for an answer that was lost.
func (c *town) hoarder(coins int, sat int64) *useraccount.User {
	c.Helper()
	u, addr := c.user()
	for range coins {
		if _, err := c.chain.Fund(c.Context(), addr, sat); err != nil {
			c.Fatal(err)
		}
	}
	c.mine(1)
	if amount.FromSats(sat) > rules.Large {
		c.mine(2)
	}
	c.work("what was deposited is credited", func() error { return c.money(u, int64(coins)*sat, 0) })
	return u
}

// did is what a step did, be it nothing.
func did(more bool, err error) (bool, error) {
	if errors.Is(err, worker.ErrIdle) {
		return false, nil
	}
	return more, err
}
