package audit_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

const (
	now   = 1_000_000
	first = "02aa" // public key of the Lightning node
)

var (
	rules  = deposit.Rules{Confirmations: 2, ConfirmationsLarge: 6, Large: amount.BTC, Minimum: 1000 * amount.Sat}
	limits = paymentorder.Limits{Payment: amount.BTC, Day: amount.BTC, FirstDay: amount.BTC, Balance: amount.BTC, OpenOrders: 50, TTL: 600}
)

// town is two users with a past: coins in every state, and orders too.
type town struct {
	t        *testing.T
	d        *db.DB
	ann, bob *useraccount.User
	addr     string
	coins    int
	peer     string                         // public key of the Lightning node, "" for the first one
	later    int64                          // seconds after now at which orders begin
	forgot   int64                          // how often it came back from its seed, by an operator's word
	orders   map[string]*paymentorder.Order // by how far they are
}

func build(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{t: t, d: d, addr: "bcrt1qann", orders: map[string]*paymentorder.Order{}}
	d.SetClock(func() time.Time { return time.Unix(now, 0) })
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		if w.ann, _, err = useraccount.Register(ctx, tx, "ann@example.org", now); err != nil {
			return err
		}
		if w.bob, _, err = useraccount.Register(ctx, tx, "bob@example.org", now); err != nil {
			return err
		}
		if err := deposit.AddAddress(ctx, tx, w.bob.ID, "bcrt1qbob", "", now); err != nil {
			return err
		}
		return deposit.AddAddress(ctx, tx, w.ann.ID, w.addr, "", now)
	})
	w.coin(3, 500_000)
	w.coin(1, 7_000)
	w.coin(9, 999)
	w.lose(w.coin(1, 8_000))
	w.lose(w.coin(2, 9_000))
	back := w.coin(2, 10_000)
	w.lose(back)
	w.see(back, 4, 10_000)

	// Bob spends a coin, its block goes, and comes back: the loss account carried it meanwhile.
	w.addr = "bcrt1qbob"
	spent := w.coin(2, 5_000)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		o, err := limits.Draft(ctx, tx, w.bob, paymentorder.Draft{ToUser: w.ann, SaidTo: "ann", Amount: 3_000 * amount.Sat}, now)
		if err != nil {
			return err
		}
		return w.confirm(ctx, tx, o)
	})
	w.lose(spent)
	w.see(spent, 2, 5_000)

	w.order("new", "")
	w.order("cancelled", "", func(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error { return o.Cancel(ctx, tx, now) })
	w.order("paid", "", w.confirm)
	w.order("held", "bcrt1qout", w.confirm)
	w.order("failed", "bcrt1qout", w.confirm, w.fail)
	w.order("sending", "bcrt1qout", w.confirm, w.store)
	w.order("in_flight", "bcrt1qout", w.confirm, w.store, w.send)
	w.order("confirming", "bcrt1qout", w.confirm, w.store, w.send, w.mine)
	w.order("unmined", "bcrt1qout", w.confirm, w.store, w.send, w.mine, w.unmine)
	w.order("mined again", "bcrt1qout", w.confirm, w.store, w.send, w.mine, w.unmine, w.mine)
	w.order("done", "bcrt1qout", w.confirm, w.store, w.mine, w.bury)
	w.order("stuck", "bcrt1qout", w.confirm, w.store, w.send, w.contradict)
	w.order("resolved", "bcrt1qout", w.confirm, w.store, w.contradict, w.resolve)
	w.order("resolved late", "bcrt1qout", w.confirm, w.store, w.mine, w.unmine, w.contradict, w.resolve)
	w.overLightning()
	return w
}

func (w *town) tx(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	ctx := w.t.Context()
	if err := w.d.Tx(ctx, func(tx *db.Tx) error { return fn(ctx, tx) }); err != nil {
		w.t.Fatal(err)
	}
}

// coin lets the owner of the address receive sats.
func (w *town) coin(confirmations, sats int64) chain.Outpoint {
	w.t.Helper()
	w.coins++
	o := chain.Outpoint{TxID: fmt.Sprintf("%064x", w.coins), Vout: 1}
	w.see(o, confirmations, sats)
	return o
}

func (w *town) see(o chain.Outpoint, confirmations, sats int64) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		return rules.Book(ctx, tx, now, "key", chain.Coin{Outpoint: o, Address: w.addr, Amount: amount.FromSats(sats), Confirmations: confirmations,
			BlockHash: "b", Height: 7})
	})
}

func (w *town) lose(o chain.Outpoint) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error { return rules.Lost(ctx, tx, now, deposit.Wallet{"key"}, o) })
}

type deed func(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error

// order drafts an order of ann, to bob or to an address, and takes it further.
func (w *town) order(name, to string, deeds ...deed) {
	w.t.Helper()
	d := paymentorder.Draft{ToAddress: to, SaidTo: to, Amount: 1000 * amount.Sat, FeeLimit: 200 * amount.Sat}
	if to == "" {
		d.ToUser, d.SaidTo, d.FeeLimit = w.bob, "bob", 0
	}
	w.drafted(name, d, deeds...)
}

func (w *town) drafted(name string, d paymentorder.Draft, deeds ...deed) {
	w.t.Helper()
	var o *paymentorder.Order
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = limits.Draft(ctx, tx, w.ann, d, now)
		return err
	})
	for _, deed := range deeds {
		w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
			if o, err = paymentorder.ByID(ctx, tx, o.ID); err != nil {
				return err
			}
			return deed(ctx, tx, o)
		})
	}
	w.orders[name] = o
}

func (w *town) confirm(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	_, err := limits.Confirm(ctx, tx, o.User, o.Code, paymentorder.InPerson())
	return err
}

func (w *town) fail(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.Fail(ctx, tx, w.ann, "order.failed", now)
}

func (w *town) store(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	o.Node = "key"
	return o.Store(ctx, tx, chain.Prepared{TxID: fmt.Sprintf("%064x", 1000+o.ID), Raw: []byte{1}, Fee: 150 * amount.Sat}, now)
}

func (w *town) send(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.Broadcasted(ctx, tx, now)
}

func (w *town) mine(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.Mined(ctx, tx, w.ann, 1, now, now)
}

func (w *town) unmine(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.Unmined(ctx, tx, w.ann, now, now)
}

func (w *town) bury(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.Deeper(ctx, tx, 6, 6, now, now)
}

func (w *town) contradict(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.MarkConflicted(ctx, tx, now)
}

func (w *town) resolve(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.Resolve(ctx, tx, w.ann, "order.failed", now)
}
