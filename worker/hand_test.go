package worker_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// epoch is when the clock of a room starts.
const epoch = 1_800_000_000

// room is a database with people, for workers whose node is a play.
type room struct {
	*testing.T
	all    []*db.DB // instances; the first one is also asked
	*db.DB          // the first one
	ahead  atomic.Int64
	frozen atomic.Bool
	mu     sync.Mutex
	said   bytes.Buffer
}

func enter(t *testing.T, all ...*db.DB) *room {
	r := &room{T: t, all: all, DB: all[0]}
	for _, d := range all {
		d.SetClock(func() time.Time { return time.Unix(epoch+r.ahead.Load(), 0) })
	}
	return r
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) do(fn func(tx *db.Tx) error) {
	r.Helper()
	r.must(r.Tx(r.Context(), fn))
}

// rich is somebody with so much from an import.
func (r *room) rich(m amount.Msat) (u *useraccount.User) {
	r.Helper()
	r.do(func(tx *db.Tx) (err error) {
		if u, _, err = useraccount.Register(r.Context(), tx, rand.Text()+"@example.org", 1); err != nil || m == 0 {
			return err
		}
		from, err := ledger.System(r.Context(), tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(r.Context(), tx, ledger.Transfer{Ref: "import:" + u.JID, Step: "open", Debit: from, Credit: u.Money, Amount: m, At: 1})
	})
	return u
}

// order is a confirmed payment.
func (r *room) order(u *useraccount.User, d paymentorder.Draft) (o *paymentorder.Order) {
	r.Helper()
	d.SaidTo = "somebody"
	r.do(func(tx *db.Tx) (err error) {
		now, err := tx.Now(r.Context())
		if err != nil {
			return err
		}
		if o, err = limits.Draft(r.Context(), tx, u, d, now); err != nil {
			return err
		}
		_, err = limits.Confirm(r.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
	return o
}

func (r *room) fresh(o *paymentorder.Order) *paymentorder.Order {
	r.Helper()
	o, err := paymentorder.ByID(r.Context(), r.Read(), o.ID)
	r.must(err)
	return o
}

func (r *room) is(o *paymentorder.Order, want paymentorder.State) {
	r.Helper()
	if got := r.fresh(o); got.State != want {
		r.Errorf("the order is %s (%s), want %s", got.State, got.Reason, want)
	}
}

func (r *room) has(u *useraccount.User, money, held amount.Msat) {
	r.Helper()
	for a, want := range map[ledger.Account]amount.Msat{u.Money: money, u.Held: held} {
		if got, err := ledger.Balance(r.Context(), r.Read(), a); err != nil || got != want {
			r.Errorf("account %d has %d msat (%v), want %d", a, got, err, want)
		}
	}
}

func (r *room) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(&guarded{&r.mu, &r.said}, nil))
}

// payer is the worker of an instance whose own clock stands still.
func (r *room) payer(instance int, node lightning.Node) *worker.Invoices {
	return &worker.Invoices{DB: r.all[instance], Node: node, Clock: func() time.Time { return time.Unix(0, 0) }, Log: r.log(), Poll: time.Second,
		Wait: time.Minute, MaxCLTV: 1000, Frozen: &r.frozen, Hands: make(chan struct{}, 4)}
}

// step lets a worker take a step and waits for its end.
func (r *room) step(p *worker.Invoices) {
	r.Helper()
	_, err := did(p.Step(r.Context()))
	r.must(err)
	p.Rest()
}

// asleep is a payer who hangs before the node hears of the call of that number. It
// returns when it does, and what wakes it and waits for its end.
func (r *room) asleep(node *purse, call int) (wake func()) {
	r.Helper()
	asleep, awake := make(chan bool), make(chan bool)
	node.before = func(_ context.Context, n int) {
		if n == call {
			close(asleep)
			<-awake
		}
	}
	a := r.payer(0, node)
	_, err := did(a.Step(r.Context()))
	r.must(err)
	<-asleep
	return func() { close(awake); a.Rest() }
}

// purse plays a node that keeps one payment a hash, and makes a failed one
// again if it is asked to, as LND does. Each attempt has a number.
type purse struct {
	lightning.Node
	mu      sync.Mutex
	preim   lightning.Preimage
	state   lightning.Outcome
	script  []lightning.State // how the attempts end
	made    int
	paid    int
	calls   int
	before  func(ctx context.Context, call int) // ahead of the call that pays
	cancels error
	receipt []lightning.Receipt
	asks    amount.Msat // what its invoice says
	key     string
	expires int64 // its invoice, in seconds since 1970
	over    bool  // it has, and no call is taken any more
}

func (n *purse) Decode(context.Context, string) (lightning.Invoice, error) {
	return lightning.Invoice{Expires: time.Unix(n.expires, 0)}, nil
}

func (n *purse) Info(context.Context) (lightning.Info, error) {
	return lightning.Info{Kind: "lnd", PubKey: n.key}, nil
}

func (n *purse) Find(context.Context, lightning.Hash) (lightning.Outcome, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state, nil
}

func (n *purse) Pay(ctx context.Context, p lightning.Payment) (lightning.Outcome, error) {
	n.mu.Lock()
	n.calls++
	call := n.calls
	n.mu.Unlock()
	if n.before != nil {
		n.before(ctx, call)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over && (n.state.State == lightning.NotFound || n.state.State == lightning.Failed) {
		return n.state, lightning.ErrRefused
	}
	if n.state.State == lightning.NotFound || n.state.State == lightning.Failed {
		n.made++
		n.state = lightning.Outcome{Hash: p.Hash, State: n.script[0], Reason: lightning.NoRoute, Attempt: uint64(n.made),
			Amount: cmp.Or(p.Amount, n.asks)}
		n.script = n.script[1:]
		if n.state.State == lightning.Succeeded {
			n.state.Preimage = n.preim
			n.paid++
		}
	}
	return n.state, nil
}

func (n *purse) Cancel(context.Context, lightning.Hash) error { return n.cancels }

func (n *purse) Received(_ context.Context, from uint64, limit int) ([]lightning.Receipt, uint64, error) {
	begin := min(int(from), len(n.receipt))
	end := min(begin+limit, len(n.receipt))
	return n.receipt[begin:end], uint64(end), nil
}

func newPurse(script ...lightning.State) *purse {
	n := &purse{script: script, expires: epoch + 3600}
	_, _ = rand.Read(n.preim[:])
	return n
}

// draft is one to pay the invoice that the purse can pay.
func (n *purse) draft(m, limit amount.Msat) paymentorder.Draft {
	n.asks = m
	return paymentorder.Draft{Invoice: "lnbc1" + rand.Text(), Hash: n.preim.Hash().String(), Amount: m, FeeLimit: limit}
}
