package worker_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// A gateway wrote down that it pays an invoice, and hangs before the node hears
// of it until its claim has run out. Another one finds the order. Whatever the
// two do, nobody has the money back that the node paid.
func TestASleeperPaysNoInvoiceThatWasGivenBack(t *testing.T) {
	for name, tt := range map[string]struct {
		earlier bool              // an order for the invoice failed before
		script  []lightning.State // how attempts end
		want    paymentorder.State
	}{
		"the sleeper's attempt fails":            {false, []lightning.State{lightning.Failed}, paymentorder.Failed},
		"the sleeper's attempt pays":             {false, []lightning.State{lightning.Succeeded}, paymentorder.Done},
		"an earlier order failed, and this pays": {true, []lightning.State{lightning.Failed, lightning.Succeeded}, paymentorder.Done},
		"an earlier order failed, and this too":  {true, []lightning.State{lightning.Failed, lightning.Failed}, paymentorder.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *room) {
				u, node, asleepOn := r.rich(1_000_000), newPurse(tt.script...), 1
				d := node.draft(500_000, 10_000)
				if tt.earlier {
					o := r.order(u, d)
					r.step(r.payer(0, node))
					r.is(o, paymentorder.Failed)
					asleepOn = 2
				}
				o := r.order(u, d)
				wake, b := r.asleep(node, asleepOn), r.payer(1, node)
				r.ahead.Add(61)
				r.step(b)
				r.is(o, paymentorder.Sending) // it may be in the middle of a call
				wake()
				for range 3 {
					r.ahead.Add(61)
					r.step(b)
				}
				r.is(o, tt.want)
				switch got := r.fresh(o); got.State {
				case paymentorder.Done:
					r.has(u, 500_000, 0)
				case paymentorder.Failed:
					r.has(u, 1_000_000, 0)
				}
				if paid := node.paid > 0; paid != (tt.want == paymentorder.Done) {
					t.Errorf("the node paid %d times", node.paid)
				}
				if calls := node.calls; calls != asleepOn {
					t.Errorf("the node was asked %d times to pay", calls)
				}
				if on, err := freeze.Stopped(t.Context(), r.Read()); err != nil || on {
					t.Errorf("payments are stopped (%v)", err)
				}
			})
		})
	}
}

// What the node says of an attempt that was over before an order began is not
// the end of that order.
func TestAnOldNoIsNotTheEndOfANewOrder(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node := r.rich(1_000_000), newPurse(lightning.Failed, lightning.Succeeded)
		d := node.draft(500_000, 0)
		first := r.order(u, d)
		r.step(r.payer(0, node))
		r.is(first, paymentorder.Failed)
		o := r.order(u, d)
		r.begins(o) // and died before the node heard of it
		for range 3 {
			r.ahead.Add(61)
			r.step(r.payer(1, node))
		}
		r.is(o, paymentorder.Done)
		r.has(u, 500_000, 0)
		if node.paid != 1 || node.made != 2 {
			t.Errorf("the node made %d attempts and paid %d times", node.made, node.paid)
		}
	})
}

// The word of whoever lost the claim ends nothing.
func TestANoFromWhoLostTheClaimCountsNothing(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node := r.rich(1_000_000), newPurse(lightning.Failed)
		o := r.order(u, node.draft(500_000, 0))
		wake := r.asleep(node, 1)
		r.ahead.Add(61)
		r.step(r.payer(1, node)) // takes the claim
		wake()
		r.is(o, paymentorder.Sending)
		r.has(u, 500_000, 500_000)
	})
}

// Nobody begins a call whose end may come when the order is in another hand.
func TestWhoComesLateDoesNotPay(t *testing.T) {
	r := enter(t, dbtest.SQLite(t))
	u, node := r.rich(1_000_000), newPurse(lightning.Succeeded)
	o := r.order(u, node.draft(500_000, 0))
	p := r.payer(0, node)
	at := int64(0)
	p.Clock = func() time.Time { at += 21; return time.Unix(at, 0) } // each look at it is 21 seconds later
	r.step(p)
	if node.calls != 0 {
		t.Error("it was paid by who came late")
	}
	r.is(o, paymentorder.Sending)
	p.Clock = func() time.Time { return time.Unix(at, 0) }
	r.ahead.Add(5)
	r.step(p)
	r.is(o, paymentorder.Done)
}

// An operator gives the money of a stuck payment back while a gateway looks at it:
// the release is refused. The node's word is booked.
func TestWhatIsBeingLookedAtIsNotReleased(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node, o := r.stuck()
		asleep, wake := make(chan bool), make(chan bool)
		node.state = node.proof(500_000, 1)
		a := r.payer(0, asked{node, func() { close(asleep); <-wake }})
		_, err := did(a.Step(t.Context()))
		r.must(err)
		<-asleep
		for what, release := range map[string]func(tx *db.Tx) error{
			"without a word":    func(tx *db.Tx) error { return r.fresh(o).Resolve(t.Context(), tx, u, "order.released", epoch) },
			"taking it in hand": func(tx *db.Tx) error { _, err := paymentorder.Take(t.Context(), tx, o.ID, 60); return err },
		} {
			if err := r.all[1].Tx(t.Context(), release); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: got %v", what, err)
			}
		}
		close(wake)
		a.Rest()
		r.is(o, paymentorder.Done)
		r.has(u, 500_000, 0)
	})
}

// stuck is a payment that the node contradicted.
func (r *room) stuck(script ...lightning.State) (u *useraccount.User, node *purse, o *paymentorder.Order) {
	r.Helper()
	u, node = r.rich(1_000_000), newPurse(script...)
	o = r.order(u, node.draft(500_000, 0))
	r.do(func(tx *db.Tx) error {
		o, err := paymentorder.ByID(r.Context(), tx, o.ID)
		if err != nil {
			return err
		}
		if err := o.Begin(r.Context(), tx, epoch, epoch); err != nil {
			return err
		}
		return o.MarkConflicted(r.Context(), tx, epoch)
	})
	return u, node, o
}

// While an operator asks the node about a payment, no gateway pays it.
func TestWhatIsBeingReleasedIsNotPaid(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node, o := r.stuck(lightning.Succeeded)
		var mine *paymentorder.Order
		r.do(func(tx *db.Tx) (err error) { mine, err = paymentorder.Take(t.Context(), tx, o.ID, 60); return err })
		r.step(r.payer(1, node))
		r.do(func(tx *db.Tx) error { return mine.Resolve(t.Context(), tx, u, "order.released", epoch) })
		r.ahead.Add(1000)
		r.step(r.payer(1, node))
		if node.calls > 0 {
			t.Error("it was paid")
		}
		r.is(o, paymentorder.Failed)
		r.has(u, 1_000_000, 0)
	})
}

// A gateway that took the order from a slow operator has it.
func TestASlowReleaseIsNone(t *testing.T) {
	r := enter(t, dbtest.SQLite(t))
	u, node, o := r.stuck()
	node.state = lightning.Outcome{State: lightning.InFlight, Attempt: 1}
	var mine *paymentorder.Order
	r.do(func(tx *db.Tx) (err error) { mine, err = paymentorder.Take(t.Context(), tx, o.ID, 60); return err })
	for range 2 { // one more lease is waited for
		r.ahead.Add(61)
		r.step(r.payer(0, node))
	}
	err := r.Tx(t.Context(), func(tx *db.Tx) error { return mine.Resolve(t.Context(), tx, u, "order.released", epoch) })
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v", err)
	}
	r.is(o, paymentorder.InFlight)
}

// If the node paid for an order whose money was given back after all, it is said
// aloud and nothing more is paid.
func TestAProofForAFailedOrderFreezes(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, node := r.rich(1_000_000), newPurse(lightning.Succeeded)
		o := r.order(u, node.draft(500_000, 0))
		wake := r.asleep(node, 1)
		r.do(func(tx *db.Tx) error { // whatever it was that gave it back
			return r.fresh(o).Bounced(t.Context(), tx, u, "order.failed-route", epoch)
		})
		wake()
		if all, err := freeze.Causes(t.Context(), r.Read()); err != nil || len(all) != 1 || all[0].Ref != o.Hash.String || all[0].Reason != freeze.Proof {
			t.Errorf("payments are stopped by %+v (%v)", all, err)
		}
		if said := r.said.String(); !strings.Contains(said, "level=ERROR") || !strings.Contains(said, node.preim.Hex()) {
			t.Errorf("the log says %q", said)
		}
		r.is(o, paymentorder.Failed)
		later := r.order(u, newPurse().draft(1000, 0))
		r.step(r.payer(1, node)) // on all instances
		r.is(later, paymentorder.Held)
		coins := r.order(u, paymentorder.Draft{ToAddress: "bcrt1qsomebody", Amount: 1000})
		w := &vault{}
		r.pays(w)
		r.is(coins, paymentorder.Held)
		if w.made > 0 {
			t.Error("a payment to the chain was signed")
		}
	})
}

// A claim outlasts no lease by the clock of the database, whatever those of the
// instances say.
func TestAClaimGoesByTheClockOfTheDatabase(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		u, bob := r.rich(1_000_000), r.rich(0)
		var draft *paymentorder.Order
		r.do(func(tx *db.Tx) (err error) {
			draft, err = limits.Draft(t.Context(), tx, u, paymentorder.Draft{ToUser: bob, SaidTo: "bob", Amount: 500}, epoch)
			return err
		})
		fast := func() time.Time { return time.Unix(epoch+660, 0) }
		l := worker.Expire{DB: r.all[1], Clock: fast, Wake: func() {}}
		if _, err := l.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.is(draft, paymentorder.New)
		node := newPurse(lightning.InFlight)
		r.order(u, node.draft(amount.Msat(500), 0))
		node.before = func(context.Context, int) {
			b := r.payer(1, node)
			b.Clock = fast
			if more, err := did(b.Step(t.Context())); more || err != nil {
				t.Errorf("another one claims it (%v)", err)
			}
		}
		r.step(r.payer(0, node))
		r.ahead.Add(600)
		if _, err := l.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.is(draft, paymentorder.Expired)
	})
}

// both is a room on each engine, with two instances.
func both(t *testing.T, test func(t *testing.T, r *room)) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) { test(t, enter(t, dbtest.Several(t, dialect, 2)...)) })
	}
}
