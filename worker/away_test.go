package worker_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// The node froze, and thaws: nothing is given back, and it goes on.
func TestAFrozenNodeIsNoNo(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.hoarder(16, 100_000)
	for _, at := range []string{"prepare", "broadcast", "tx"} {
		t.Run(at, func(t *testing.T) {
			c := c.in(t)
			node := stand(c.another(2 * time.Second))
			resumed := true
			node.before[at] = func(context.Context) error { // from here on nobody answers
				node.before[at] = nil
				resumed = false
				if err := c.lnd.Pause(); err != nil {
					return err
				}
				for err := error(nil); err == nil; { // the signal may be on its way
					ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
					_, err = c.node.Info(ctx)
					cancel()
				}
				return nil
			}
			defer func() {
				if !resumed {
					_ = c.lnd.Resume()
				}
			}()
			o := c.order(u, 20_000, 5_000)
			p := c.pay(node)
			var err error
			for n := 0; resumed && n < 10; n++ { // the first look is not at once
				c.ahead.Add(2)
				_, err = did(p.Step(t.Context()))
			}
			if resumed {
				t.Fatal("it was never asked")
			}
			if !errors.Is(err, chain.ErrUnreachable) {
				t.Errorf("got %v", err)
			}
			if state := c.fresh(o).State; state == paymentorder.Failed || state == paymentorder.Stuck {
				t.Errorf("the order is %s", state)
			}
			resumed = true
			if err := c.lnd.Resume(); err != nil {
				t.Fatal(err)
			}
			c.settled(o)
		})
	}
}

func TestLNDIsKilled(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.hoarder(16, 100_000)
	for _, at := range []string{"prepare", "hold", "broadcast", "tx"} {
		t.Run("before the answer to "+at, func(t *testing.T) {
			c := c.in(t)
			node := stand(c.node)
			killed := false
			node.after[at] = func(ctx context.Context) error {
				if killed {
					return nil
				}
				killed = true
				return errors.Join(fmt.Errorf("%w: it died", chain.ErrUnreachable), c.lnd.Kill())
			}
			o := c.order(u, 10_000, 5_000)
			for n := 0; !killed && n < 10; n++ {
				c.ahead.Add(2)
				_, _ = c.pay(node).Step(t.Context())
			}
			if !killed {
				t.Fatal("it was never asked")
			}
			if state := c.fresh(o).State; state == paymentorder.Failed {
				t.Error("the money was given back")
			}
			if err := c.lnd.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.settled(o)
		})
	}
}

// Answers get lost after the node did what it was asked.
func TestALostAnswerPaysOnce(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.hoarder(16, 100_000)
	for _, at := range []string{"prepare", "hold", "broadcast", "tx"} {
		t.Run(at, func(t *testing.T) {
			c := c.in(t)
			node, lost := stand(c.node), 0
			node.after[at] = func(context.Context) error {
				if lost++; lost > 3 {
					return nil
				}
				return fmt.Errorf("%w: lost", chain.ErrUnreachable)
			}
			o := c.order(u, 10_000, 5_000)
			for range 20 {
				c.ahead.Add(2)
				_, _ = c.pay(node).Step(t.Context())
			}
			if lost == 0 {
				t.Error("it was never asked")
			}
			c.settled(o)
		})
	}
}

// The node says no to a signed transaction for a reason that passes.
func TestANoOfTheNodeIsLookedAtAgain(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.rich(100_000)
	node := stand(c.node)
	node.before["broadcast"] = func(context.Context) error { return fmt.Errorf("%w: for now", chain.ErrRefused) }
	o := c.order(u, 10_000, 5_000)
	c.ahead.Add(2)
	if _, err := c.pay(node).Step(t.Context()); !errors.Is(err, chain.ErrRefused) {
		t.Errorf("got %v", err)
	}
	if err := c.is(o, paymentorder.Stuck); err != nil { // for the operator to see, with the money held
		t.Error(err)
	}
	if err := c.money(u, 85_000, 15_000); err != nil {
		t.Error(err)
	}
	c.ahead.Add(int64(time.Hour / time.Second))
	c.settled(o)
}

// A mempool forgets, and a wallet too: what is in neither is sent again.
func TestWhatTheNodeForgotIsSentAgain(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.rich(100_000)
	o := c.order(u, 20_000, 5_000)
	c.sent(o)
	node := stand(c.node)
	c.ahead.Add(70)
	if _, err := did(c.pay(forgot{node}).Step(t.Context())); err != nil {
		t.Error(err)
	}
	if node.calls["broadcast"] != 1 {
		t.Errorf("it was sent %d times", node.calls["broadcast"])
	}
	if err := c.is(o, paymentorder.InFlight); err != nil {
		t.Error(err)
	}
	c.settled(o)
}

// What a node that is catching up does not know has not left the chain.
func TestANodeThatReadsTheChainAgainTakesNothingBack(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.rich(100_000)
	o := c.order(u, 20_000, 5_000)
	c.sent(o)
	c.mine(1)
	c.work("it is mined", func() error { return c.is(o, paymentorder.Confirming) })
	fee := amount.Msat(c.fresh(o).Fee.Int64).Sats()
	node := forgetful{c.node}
	for range 3 {
		c.ahead.Add(70)
		if _, err := c.deposits(node).Step(t.Context()); !errors.Is(err, chain.ErrWarmingUp) {
			t.Errorf("got %v", err)
		}
		if _, err := c.pay(node).Step(t.Context()); !errors.Is(err, chain.ErrWarmingUp) {
			t.Errorf("got %v", err)
		}
	}
	if err := errors.Join(c.is(o, paymentorder.Confirming), c.money(u, 80_000-fee, 0)); err != nil {
		t.Error(err)
	}
	c.done(o)
	c.clean()
}
