package worker

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/failpoint"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Invoices takes confirmed orders to the Lightning node and books its word
// about them. A payment that waits for its payee keeps no other from going.
type Invoices struct {
	DB      *db.DB
	Node    lightning.Node
	Clock   func() time.Time // of this machine; it measures for how long an order is in our hand, and decides nothing else
	Log     *slog.Logger
	Poll    time.Duration // between two looks at a payment under way
	Wait    time.Duration // for the end of a payment, before it is looked at now and then
	MaxCLTV int64         // blocks that the money of a payment may be locked
	Frozen  *atomic.Bool  // stops new payments to the outside: this gateway has not looked at the nodes yet
	Wake    func()        // there are notices
	Hands   chan struct{} // as many payments at once as it has room

	busy sync.WaitGroup
	mu   sync.Mutex
	away Outage // of the node, as those who have payments in hand see it
}

// Step claims one order and hands it to somebody; Rest waits for them.
func (p *Invoices) Step(ctx context.Context) (bool, error) {
	if due, err := due(ctx, p.DB, paymentorder.Lightning); err != nil || !due {
		return false, err
	}
	select {
	case p.Hands <- struct{}{}:
	case <-ctx.Done():
		return false, nil
	}
	since := p.Clock()
	o, err := claim(ctx, p.DB, paymentorder.Lightning)
	if err != nil || o == nil {
		<-p.Hands
		return false, err
	}
	failpoint.At("invoice.claimed")
	p.busy.Go(func() {
		defer func() { <-p.Hands }()
		p.moved(ctx, o, p.take(ctx, o, since))
	})
	return true, nil
}

// moved says what became of an order that somebody had in hand. That the node is away
// is said once for all of them.
func (p *Invoices) moved(ctx context.Context, o *paymentorder.Order, err error) {
	log := p.Log.With("order", o.ID, "state", string(o.State))
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case errors.Is(err, ErrIdle):
	case err == nil:
		if told, lasted := p.away.Over(time.Now()); told {
			p.Log.Info("Lightning payments move again", "after", lasted)
		}
	case ctx.Err() != nil, fault.Is(err, fault.Conflict): // another instance was faster
	case errors.Is(err, lightning.ErrUnreachable):
		p.away.Tell(log, time.Now(), slog.LevelWarn, "Lightning payments do not move", err)
	default:
		log.Warn("a Lightning payment did not move", "err", err)
	}
}

// Rest waits until no payment is in anybody's hands.
func (p *Invoices) Rest() { p.busy.Wait() }

func (p *Invoices) take(ctx context.Context, o *paymentorder.Order, since time.Time) (err error) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error("a payment panicked", "order", o.ID, "panic", r, "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	if first(o) {
		defer func() { err = errors.Join(err, p.mention(ctx, o, err)) }()
	}
	if o.State == paymentorder.Held && !o.Internal() {
		if on, err := frozen(ctx, p.DB.Read(), p.Frozen); err != nil || on {
			return cmp.Or(errors.Join(err, p.later(ctx, o)), ErrIdle)
		}
	}
	switch {
	case o.Internal():
		return p.inside(ctx, o)
	case o.State == paymentorder.Held:
		return p.begin(ctx, o)
	}
	return p.look(ctx, o, since)
}

// begin writes down that an invoice is about to be paid, and pays it. What the
// node knew of the hash before is written down with it: the end of an earlier
// attempt is not the end of this one. If the node made that one, or may yet, the order is
// stuck. If the node can not tell, and the invoice has expired or its payer is suspended,
// the order is stuck, too. If the node knows of none, such an order is given back.
func (p *Invoices) begin(ctx context.Context, o *paymentorder.Order) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	before, err := p.Node.Find(ctx, h)
	unsure := errors.Is(err, lightning.ErrNoProof) // of an earlier attempt, or that of an older copy of the books
	if err != nil && !unsure {
		return errors.Join(err, p.later(ctx, o))
	}
	key, err := p.key(ctx)
	if err != nil {
		return errors.Join(err, p.later(ctx, o))
	}
	until, err := p.payable(ctx, o)
	if err != nil {
		return errors.Join(err, p.later(ctx, o))
	}
	since, refused, stops, made := p.Clock(), "", false, before.State == lightning.Succeeded || before.State == lightning.InFlight
	err = holding(ctx, p.DB, o, func(ctx context.Context, tx *db.Tx, u, _ *useraccount.User) error {
		switch refused = ""; {
		case made: // whoever may pay, and whatever has expired
		case u.Suspended:
			refused = "order.failed-suspended"
		case until <= u.Now:
			refused = "order.failed-invoice"
		}
		if refused != "" && !unsure {
			return nil
		}
		if before.State != lightning.NotFound {
			o.Attempt = max(before.Attempt, 1)
		}
		o.Node = key
		due := u.Now + lease
		if err := o.Begin(ctx, tx, due, u.Now); err != nil {
			return err
		}
		if made || refused != "" { // an operator has to look
			if err := o.MarkConflicted(ctx, tx, due); err != nil || !made {
				return err
			}
			var err error
			stops, err = freeze.Payments(ctx, tx, o.Earlier(before)) // itself, and asks nobody
			return err
		}
		return stopped(ctx, tx, p.Frozen)
	})
	switch {
	case errors.Is(err, freeze.ErrStopped):
		return p.later(ctx, o)
	case err != nil:
		return err // begun or not: the next claim sees it
	case refused != "" && unsure:
		p.Log.Error("an order is not begun any more, and nothing proves that its payment was not made: the operator has to look",
			"order", o.ID, "hash", o.Hash.String, "why", refused)
		return nil
	case refused != "":
		return p.refuse(ctx, o, refused)
	case made && stops:
		p.Log.Error("the node had paid the invoice, or was about to, before the order began: no payment begins until the operator has looked",
			"order", o.ID, "hash", o.Hash.String)
		return nil
	case made: // that stops payments already, or the operator has looked
		p.Log.Warn("the node had paid the invoice, or was about to, before the order began: the operator has to book it",
			"order", o.ID, "hash", o.Hash.String)
		return nil
	}
	failpoint.At("invoice.begun")
	return p.pay(ctx, o, since, true)
}
