package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/crash"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Invoices takes confirmed orders to the Lightning node and books its word
// about them. A payment that waits for its payee keeps no other from going.
type Invoices struct {
	DB      *db.DB
	Node    lightning.Node
	Clock   func() time.Time
	Log     *slog.Logger
	Poll    time.Duration // between two looks at a payment under way
	Wait    time.Duration // for the end of a payment, before it is looked at now and then
	MaxCLTV int64         // blocks that the money of a payment may be locked
	Frozen  *atomic.Bool  // stops new payments: the audit found something
	Wake    func()        // there are notices
	Hands   chan struct{} // as many payments at once as it has room

	busy sync.WaitGroup
}

// Step claims one order and hands it to somebody; Rest waits for them.
func (p *Invoices) Step(ctx context.Context) (bool, error) {
	if due, err := paymentorder.Due(ctx, p.DB.Read(), paymentorder.Lightning, p.now()); err != nil || !due {
		return false, err
	}
	select {
	case p.Hands <- struct{}{}:
	case <-ctx.Done():
		return false, nil
	}
	var o *paymentorder.Order
	err := p.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		o, err = paymentorder.Claim(ctx, tx, paymentorder.Lightning, p.now(), lease)
		return err
	})
	if err != nil || o == nil {
		<-p.Hands
		return false, err
	}
	crash.At("invoice.claimed")
	p.busy.Go(func() {
		defer func() { <-p.Hands }()
		err := p.take(ctx, o)
		if err != nil && ctx.Err() == nil && !fault.Is(err, fault.Conflict) { // conflict: another instance was faster
			p.Log.Warn("a Lightning payment did not move", "order", o.ID, "state", string(o.State), "err", err)
		}
	})
	return true, nil
}

// Rest waits until no payment is in anybody's hands.
func (p *Invoices) Rest() { p.busy.Wait() }

func (p *Invoices) take(ctx context.Context, o *paymentorder.Order) (err error) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error("a payment panicked", "order", o.ID, "panic", r, "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	switch {
	case p.Frozen != nil && p.Frozen.Load() && o.State == paymentorder.Held:
		return p.later(ctx, o)
	case o.Inside():
		return p.inside(ctx, o)
	case o.State == paymentorder.Held:
		err := p.DB.Tx(ctx, func(tx *db.Tx) error { return o.Begin(ctx, tx, p.now()+lease) })
		if err != nil {
			return err // begun or not: the next claim sees it
		}
		crash.At("invoice.begun")
		return p.pay(ctx, o, true)
	}
	return p.look(ctx, o)
}

func (p *Invoices) now() int64 { return p.Clock().Unix() }

// again says when the order is looked at next: soon at first, then as rarely
// as once a minute, because a payee may take days.
func (p *Invoices) again(o *paymentorder.Order) int64 {
	every := max(1, int64(p.Poll/time.Second))
	return p.now() + min(60, every*int64(max(1, o.Tries-3)))
}

func (p *Invoices) later(ctx context.Context, o *paymentorder.Order) error {
	return p.DB.Tx(context.WithoutCancel(ctx), func(tx *db.Tx) error { return o.Later(ctx, tx, p.again(o)) })
}

// pay hands the invoice to the node and waits for the end. The first time, a
// refusal means that nothing happened; after that it may hide what did.
func (p *Invoices) pay(ctx context.Context, o *paymentorder.Order, first bool) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	ask := lightning.Payment{Invoice: o.Invoice, Hash: h, FeeLimit: o.FeeLimit, MaxCLTV: p.MaxCLTV}
	if o.OpenAmount {
		ask.Amount = o.Amount
	}
	wait, cancel := context.WithTimeout(ctx, min(p.Wait, nodeTime))
	defer cancel()
	out, err := p.Node.Pay(wait, ask)
	crash.At("invoice.paid")
	switch {
	case errors.Is(err, lightning.ErrRefused) && (first || p.neverBegan(o)):
		return p.bounce(ctx, o, "order.failed-invoice")
	case errors.Is(err, lightning.ErrRefused):
		return errors.Join(err, p.stuck(ctx, o))
	}
	return p.book(ctx, o, out, err)
}

// neverBegan says of a payment that was stored, and of which the node has
// twice said that it does not know it and does not want it, that it never
// left: enough time has gone by for one that was on its way to show.
func (p *Invoices) neverBegan(o *paymentorder.Order) bool {
	return o.State == paymentorder.Sending && p.now() > o.Confirmed.Int64+600
}

// look asks what became of a payment.
func (p *Invoices) look(ctx context.Context, o *paymentorder.Order) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	out, err := p.Node.Find(ctx, h)
	if err == nil && out.State == lightning.NotFound {
		return p.pay(ctx, o, false) // a crash came between our note and the node
	}
	return p.book(ctx, o, out, err)
}

// book writes down the node's word. What is no word changes nothing.
func (p *Invoices) book(ctx context.Context, o *paymentorder.Order, out lightning.Outcome, err error) error {
	switch {
	case errors.Is(err, lightning.ErrNoProof):
		return errors.Join(err, p.stuck(ctx, o))
	case err != nil && ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded):
		return errors.Join(err, p.later(ctx, o))
	case out.State == lightning.Succeeded:
		return p.proved(ctx, o, out)
	case out.State == lightning.Failed:
		return p.bounce(ctx, o, reasons[out.Reason])
	case out.State == lightning.InFlight && o.State != paymentorder.InFlight:
		return p.tell(ctx, o, "order.on-its-way", func(tx *db.Tx, _ *useraccount.User) error {
			return o.Broadcasted(ctx, tx, p.again(o))
		})
	}
	return p.later(ctx, o)
}

// reasons are phrases for why a payment failed.
var reasons = map[lightning.Reason]string{
	lightning.NoRoute:   "order.failed-route",
	lightning.TimedOut:  "order.failed-timeout",
	lightning.Wrong:     "order.failed-invoice",
	lightning.NoBalance: "order.failed-channels",
	lightning.Other:     "order.failed-lightning",
	"":                  "order.failed-lightning",
}

func (p *Invoices) proved(ctx context.Context, o *paymentorder.Order, out lightning.Outcome) error {
	if out.Fee > o.FeeLimit { // the node broke its word
		return errors.Join(fmt.Errorf("fee of %d above %d msat", out.Fee, o.FeeLimit), p.stuck(ctx, o))
	}
	phrase := "order.paid-invoice"
	if o.Success = success(o.Success, out.Preimage); o.Success != "" {
		phrase = "order.paid-invoice-success"
	}
	return p.tell(ctx, o, phrase, func(tx *db.Tx, u *useraccount.User) error {
		defer crash.At("invoice.proved")
		return o.Proved(ctx, tx, u, out, p.now())
	})
}

// success is what the payee wants said (LUD-09), as one line of text. What is
// sealed opens with the proof of the payment (LUD-10).
func success(stored string, proof lightning.Preimage) string {
	var s lnurl.Success
	if stored == "" || json.Unmarshal([]byte(stored), &s) != nil {
		return ""
	}
	switch s.Tag {
	case "message":
		return s.Message
	case "url":
		return s.Description + " " + s.URL
	}
	text, err := s.Open(proof)
	if err != nil {
		return s.Description
	}
	return s.Description + " " + text
}

func (p *Invoices) bounce(ctx context.Context, o *paymentorder.Order, reason string) error {
	return p.tell(ctx, o, reason, func(tx *db.Tx, u *useraccount.User) error {
		if o.Inside() {
			if err := putBack(ctx, tx, o); err != nil {
				return err
			}
		}
		return o.Bounced(ctx, tx, u, reason, p.now())
	})
}

// stuck leaves a payment to the operator; the node's word about the hash is
// still waited for.
func (p *Invoices) stuck(ctx context.Context, o *paymentorder.Order) error {
	p.Log.Error("the node contradicts itself about a payment; its money stays held", "order", o.ID, "hash", o.Hash.String)
	ctx = context.WithoutCancel(ctx)
	return p.DB.Tx(ctx, func(tx *db.Tx) error { return o.Contradicted(ctx, tx, p.now()+600) })
}

// tell moves the order and writes the payer's notice in one transaction.
func (p *Invoices) tell(ctx context.Context, o *paymentorder.Order, phrase string, move func(*db.Tx, *useraccount.User) error) error {
	ctx = context.WithoutCancel(ctx) // what was learned is written down
	err := p.DB.Tx(ctx, func(tx *db.Tx) error {
		fresh, err := paymentorder.ByID(ctx, tx, o.ID) // a retried transaction starts from what is there
		if err != nil {
			return err
		}
		fresh.Success = o.Success
		*o = *fresh
		u, err := useraccount.ByID(ctx, tx, o.User)
		if err != nil {
			return err
		}
		by, err := unasked(ctx, tx, o)
		if err != nil {
			return err
		}
		if err := move(tx, u); err != nil || !u.Notify || !u.Active {
			return err
		}
		if by != nil {
			return tellUnasked(ctx, tx, by, u, o, p.now())
		}
		return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: phrase, Lang: u.Lang, Unit: u.Unit, Balance: o.State != paymentorder.InFlight,
			Args: map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "fee": o.Fee.Int64, "back": int64(o.Total()),
				"success": o.Success, "hash": o.Hash.String}}, p.now())
	})
	if err == nil && p.Wake != nil {
		p.Wake()
	}
	return err
}
