package worker_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/cut"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// A gateway hangs in the middle of a payment until its claim has run out and
// another one did the payment. Then it goes on where it was.
func TestASleeperPaysNothingTwice(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	c := open(t, all[0])
	all[1].SetClock(c.clock)
	u := c.rich(200_000)
	for range 3 {
		c.rich(50_000) // coins for the one who does not sleep
	}
	for _, at := range []struct {
		name   string
		call   string
		before bool
	}{
		{"before it signs", "prepare", true}, {"after it signed", "prepare", false}, {"after it stored", "hold", true},
		{"before it sends", "broadcast", true}, {"after it sent", "broadcast", false},
	} {
		t.Run(at.name, func(t *testing.T) {
			c := c.in(t)
			node := stand(c.another(5 * time.Second))
			asleep, wake := make(chan struct{}), make(chan struct{})
			first := true
			nap := func(context.Context) error {
				if first {
					first = false
					close(asleep)
					<-wake
				}
				return nil
			}
			if at.before {
				node.before[at.call] = nap
			} else {
				node.after[at.call] = nap
			}
			o := c.order(u, 20_000, 5_000)
			c.ahead.Add(2)
			slept := make(chan error, 1)
			go func() {
				_, err := did(c.pay(node).Step(t.Context()))
				slept <- err
			}()
			<-asleep
			other := c.pay(c.node)
			other.DB = all[1]
			if at.call == "prepare" { // what is not stored yet is left to who has it
				if more, err := did(other.Step(t.Context())); more || err != nil {
					t.Errorf("got %v %v", more, err)
				}
			}
			c.ahead.Add(61)
			c.until("the other gateway sends it", func() error {
				c.ahead.Add(2)
				_, err := did(other.Step(t.Context()))
				return errors.Join(c.is(o, paymentorder.InFlight), err)
			})
			close(wake)
			if err := <-slept; err != nil {
				t.Error(err)
			}
			c.done(o)
			c.once(o)
			if n := c.told(u, "order.sent"); n == 0 {
				t.Error("the user was not told")
			}
			c.clean()
		})
	}
	// Nothing stays locked: all that is left can be paid out.
	c.done(c.order(u, 60_000, 5_000))
	c.clean()
}

// A gateway reads the chain and hangs; another one reads and books what
// came since. What the first one saw is no reorganisation.
func TestAnOldViewOfTheChainIsNotBooked(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	c := open(t, all[0])
	all[1].SetClock(c.clock)
	u, addr := c.user()
	txid, err := c.chain.Fund(t.Context(), addr, 50_000)
	if err != nil {
		t.Fatal(err)
	}
	c.until("the wallet sees it", func() error {
		r, err := c.node.Since(t.Context(), "")
		for _, coin := range r.Coins {
			if coin.TxID == txid {
				return nil
			}
		}
		return errors.Join(errors.New("not listed"), err)
	})
	node := stand(c.another(5 * time.Second))
	asleep, wake := make(chan struct{}), make(chan struct{})
	node.after["since"] = func(context.Context) error {
		close(asleep)
		<-wake
		return nil
	}
	slept := make(chan error, 1)
	go func() {
		_, err := c.deposits(node).Step(t.Context())
		slept <- err
	}()
	<-asleep
	other := c.deposits(c.node)
	other.DB = all[1]
	c.mine(1)
	c.until("the other gateway credits it", func() error {
		_, err := other.Step(t.Context())
		return errors.Join(c.coin(txid, deposit.Credited), err)
	})
	close(wake)
	if err := <-slept; err != nil {
		t.Error(err)
	}
	if err := errors.Join(c.coin(txid, deposit.Credited), c.money(u, 50_000, 0)); err != nil {
		t.Error(err)
	}
	if c.told(u, "deposit.reorged") != 0 {
		t.Error("the user was told of a reorganisation")
	}
	c.clean()
}

// The answer to the COMMIT that stores the transaction, or to any other one
// on the way, gets lost: it happened, or it did not.
func TestALostCommitPaysOnce(t *testing.T) {
	cfg := dbtest.Empty(t, db.Postgres)
	d := dbtest.Open(t, cfg)
	if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
		t.Fatal(err)
	}
	c := open(t, d)
	u := c.hoarder(12, 50_000) // what was signed and not stored keeps its coin for a while
	proxy, dsn, err := cut.StartFor(cfg.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg.DSN = dsn
	through := dbtest.Open(t, cfg)
	through.SetClock(c.clock)
	for commit := 1; commit <= 4; commit++ { // claim, store, sent; claim, mined
		for _, unseen := range []bool{false, true} {
			t.Run(fmt.Sprintf("commit %d, unseen %v", commit, unseen), func(t *testing.T) {
				c := c.in(t)
				p := c.pay(c.node)
				p.DB = through
				o := c.order(u, 20_000, 5_000)
				proxy.Lose(cut.Loss{Nth: commit, Query: "COMMIT", Unseen: unseen})
				for range 4 {
					c.ahead.Add(61)
					_, _ = p.Step(t.Context())
				}
				if !proxy.Lost() {
					t.Error("nothing was lost")
				}
				proxy.Lose(cut.Loss{})
				if state := c.fresh(o).State; state != paymentorder.InFlight {
					t.Errorf("the order is %s", state)
				}
				c.settled(o)
			})
		}
	}
}

func TestInstances(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Unix(1_700_000_000, 0)
		clock := func() time.Time { return now }
		one, two := &worker.Instance{DB: d, Name: "one", Clock: clock}, &worker.Instance{DB: d, Name: "two", Clock: clock}
		step := func(i *worker.Instance) {
			t.Helper()
			if _, err := i.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		alone := func(what string, i *worker.Instance, want bool) {
			t.Helper()
			if got := i.Alone(t.Context()); got != want {
				t.Errorf("%s: alone is %v", what, got)
			}
		}
		step(one)
		alone("the first", one, true)
		step(two)
		alone("two", one, false)
		now = now.Add(14 * time.Second)
		alone("a short silence", one, false)
		now = now.Add(2 * time.Second)
		alone("a long silence", one, true)
		step(two)
		if err := two.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		alone("the other left", one, true)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if one.Alone(ctx) {
			t.Error("when in doubt, it is not alone")
		}
	})
}
