package lntest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/nodetest"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

func TestMain(m *testing.M) { nodetest.Main(m, stopNet) }

// shared is the network of all tests.
var shared struct {
	once     sync.Once
	err      error
	dir      string
	net      *regtest.Net
	macaroon string
}

func startNet() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	bin, err := nodes.Build(ctx, os.Stderr)
	if err != nil {
		return err
	}
	if shared.dir, err = os.MkdirTemp("", "bitcoim-channels-"); err != nil {
		return err
	}
	if shared.net, err = regtest.StartNet(ctx, shared.dir, bin, 3); err != nil {
		return err
	}
	shared.macaroon, err = shared.net.Nodes[0].Bake(ctx, "least", lightning.Permissions()...)
	return err
}

func stopNet() error {
	var errs []error
	if shared.net != nil {
		errs = append(errs, shared.net.Stop())
	}
	if shared.dir != "" {
		errs = append(errs, os.RemoveAll(shared.dir))
	}
	return errors.Join(errs...)
}

// town is a gateway without a door, on a real network.
type town struct {
	*testing.T
	*db.DB
	net      *regtest.Net
	ours     *regtest.LND
	hub, far *regtest.LND // our neighbour, and its neighbour
	node     lightning.Node
	frozen   atomic.Bool
	ahead    atomic.Int64 // seconds: the clock runs as fast as the test
	local    amount.Msat  // in our channels when the test began
	imported atomic.Int64
	wait     time.Duration
}

// limits are those of every town.
var limits = paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 1000, InFlight: 1000, TTL: 600}

func open(t *testing.T, d *db.DB) *town {
	t.Helper()
	needs.Programs(t)
	shared.once.Do(func() { shared.err = startNet() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	n := shared.net.Nodes
	c := &town{T: t, DB: d, net: shared.net, ours: n[0], hub: n[1], far: n[2], wait: 20 * time.Second}
	d.SetClock(c.clock)
	c.node = c.another()
	c.until("nothing is on its way", func() error {
		var list struct {
			Channels []struct {
				Pending []any `json:"pending_htlcs"`
			}
		}
		if err := c.ours.Call(t.Context(), "GET", "/v1/channels", nil, &list); err != nil {
			return err
		}
		for _, ch := range list.Channels {
			if len(ch.Pending) > 0 {
				return errors.New("something is")
			}
		}
		return nil
	})
	b, err := c.node.Balance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.local = b.Local
	// What was settled before is none of ours.
	last := uint64(0)
	for from := uint64(0); ; {
		all, next, err := c.node.Received(t.Context(), from, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			last = max(last, r.SettleIndex)
		}
		if next == from || len(all) == 0 {
			break
		}
		from = next
	}
	c.do(func(tx *db.Tx) error { return invoice.MoveCursor(t.Context(), tx, c.key(), last, 1) })
	return c
}

// key is the public key of our node.
func (c *town) key() string {
	c.Helper()
	info, err := c.node.Info(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return info.PubKey
}

// another opens our node as another gateway would.
func (c *town) another() lightning.Node {
	c.Helper()
	node, err := lightning.Open(c.Context(), lightning.Config{Kind: "lnd", Network: "regtest", Timeout: 10 * time.Second,
		LND: lnd.Config{URL: "https://" + c.ours.RESTAddr, CertFile: c.ours.TLSCertPath, MacaroonFile: shared.macaroon}})
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

// payer is the worker of a gateway that waits so long for the end of a payment.
func (c *town) payer(node lightning.Node) *worker.Invoices {
	return &worker.Invoices{DB: c.DB, Node: node, Clock: c.clock, Log: c.log(), Poll: time.Second, Wait: c.wait, MaxCLTV: 1008,
		Frozen: &c.frozen, Hands: make(chan struct{}, 16)}
}

// listen books what comes until the test ends.
func (c *town) listen(node lightning.Node) {
	c.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(c.Context()))
	r := &worker.Receipts{DB: c.DB, Node: node, Log: c.log(), Wake: func() {}}
	var busy sync.WaitGroup
	busy.Go(func() {
		_ = worker.Loop{Name: "receipts", Poll: 50 * time.Millisecond, Log: c.log(), Step: r.Step}.Run(ctx)
	})
	c.Cleanup(func() { stop(); busy.Wait() })
}

// turn lets the worker do all there is, some seconds later than before.
func (c *town) turn(p *worker.Invoices) error {
	c.ahead.Add(5)
	for {
		more, err := p.Step(c.Context())
		if err != nil || !more {
			p.Rest()
			return err
		}
	}
}

// work turns until it is so.
func (c *town) work(what string, so func() error) {
	c.Helper()
	p := c.payer(c.node)
	c.until(what, func() error {
		err := c.turn(p)
		if wrong := so(); wrong != nil {
			return errors.Join(wrong, err)
		}
		return nil
	})
}

const patience = 60 * time.Second

// until repeats a question until the answer is nil.
func (c *town) until(what string, ask func() error) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
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

func (c *town) do(fn func(tx *db.Tx) error) {
	c.Helper()
	if err := c.Tx(c.Context(), fn); err != nil {
		c.Fatal(err)
	}
}

// user is somebody with so many satoshis.
func (c *town) user(sat int64) (u *useraccount.User) {
	c.Helper()
	c.do(func(tx *db.Tx) (err error) {
		if u, _, err = useraccount.Register(c.Context(), tx, rand.Text()+"@example.org", 1); err != nil || sat == 0 {
			return err
		}
		outside, err := ledger.System(c.Context(), tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(c.Context(), tx, ledger.Transfer{Ref: fmt.Sprintf("import:%d", c.imported.Add(1)), Step: "open",
			Debit: outside, Credit: u.Money, Amount: amount.FromSats(sat), At: 1})
	})
	return u
}

// books checks the books with themselves, and that our channels have lost and
// gained exactly what the ledger says.
func (c *town) books() {
	c.Helper()
	found, err := audit.Books(c.Context(), c.Read())
	if err != nil || len(found) > 0 {
		c.Errorf("found %v (%v)", found, err)
	}
	c.until("channels and ledger agree", func() error {
		b, err := c.node.Balance(c.Context())
		if err != nil {
			return err
		}
		outside, err := ledger.System(c.Context(), c.Read(), "lightning")
		if err != nil {
			return err
		}
		bal, err := ledger.Balance(c.Context(), c.Read(), outside)
		if err != nil {
			return err
		}
		if b.Local != c.local-bal {
			return fmt.Errorf("channels have %d msat, began with %d, and the ledger says %d went", b.Local, c.local, bal)
		}
		return nil
	})
}
