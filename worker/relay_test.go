package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/p2p"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/worker"
)

// neighbours are two more nodes: one knows ours, the other knows that one.
func (c *town) neighbours() []*regtest.Chain {
	c.Helper()
	bin, err := nodes.Build(c.Context(), c.Output())
	if err != nil {
		c.Fatal(err)
	}
	all := []*regtest.Chain{c.chain}
	for _, name := range []string{"near", "far"} {
		n, err := all[len(all)-1].StartPeer(c.Context(), filepath.Join(c.TempDir(), name), bin)
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(func() {
			if err := n.Stop(); err != nil {
				c.Error(err)
			}
		})
		all = append(all, n)
	}
	return all
}

// network is a client with these peers, until the test or its stop ends it.
func (c *town) network(peers ...*regtest.Chain) (client *p2p.Client, stop func()) {
	c.Helper()
	cfg := p2p.Config{Params: &chaincfg.RegressionNetParams, Times: p2p.Times{Backoff: 100 * time.Millisecond, Unseen: time.Second}}
	for _, p := range peers {
		cfg.Peers = append(cfg.Peers, p.P2P)
	}
	client, err := p2p.New(cfg)
	if err != nil {
		c.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.Context()))
	var run sync.WaitGroup
	run.Go(func() { _ = client.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); run.Wait() })
	c.Cleanup(stop)
	if err := client.Ready(c.Context(), len(peers)); err != nil {
		c.Fatal(err)
	}
	return client, stop
}

func (c *town) relay(client *p2p.Client) *worker.Relay {
	return &worker.Relay{DB: c.DB, Net: client, Mode: p2p.Auto, Clock: c.clock, Log: c.log(), Alarm: time.Hour, Wake: func() {}}
}

// seen steps until other nodes announce the payment.
func (c *town) seen(r *worker.Relay, o *paymentorder.Order) {
	c.Helper()
	c.until("others announce it", func() error {
		if _, err := r.Step(c.Context()); err != nil {
			return err
		}
		known, err := o.Relayed(c.Context(), c.Read())
		if err == nil && (known == nil || known.Seen == 0) {
			err = fmt.Errorf("only %+v", known)
		}
		return err
	})
}

// The payer hears once that others relay the payment, also over a restart, and
// when it is in a block nobody looks after it any more.
func TestThePayerHearsThatOthersRelay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		nodes := c.neighbours()
		client, stop := c.network(nodes...)
		u := c.rich(100_000)
		o := c.order(u, 20_000, 5_000)
		r := c.relay(client)
		c.stored = r.Take
		c.sent(o)
		c.seen(r, o)
		if n := c.told(u, "order.relayed"); n != 1 {
			t.Errorf("told %d times", n)
		}
		stop()
		client, _ = c.network(nodes...)
		r = c.relay(client)
		c.seen(r, o)
		txid, err := chainhash.NewHashFromStr(c.fresh(o).TxID)
		if err != nil {
			t.Fatal(err)
		}
		b, ok := client.Find(*txid)
		if !ok {
			t.Fatal("nobody looks after it after a restart")
		}
		c.until("the second client sees it, too", func() error {
			_, err := r.Step(t.Context())
			if b.Report().Level < p2p.Seen {
				err = errors.Join(err, fmt.Errorf("it is %s", b.Report()))
			}
			return err
		})
		if n := c.told(u, "order.relayed"); n != 1 {
			t.Errorf("told %d times after a restart", n)
		}
		lines, err := statement.List(t.Context(), c.Read(), int64(u.ID), statement.Filter{Limit: 1})
		if err != nil || len(lines) != 1 || lines[0].Seen == 0 {
			t.Errorf("the history says %+v (%v)", lines, err)
		}
		c.done(o)
		if _, err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, ok := client.Find(*txid); ok {
			t.Error("it is looked after, and in a block")
		}
		c.once(o)
		c.clean()
	})
}

// mute is a wallet that takes no transaction, and is some blocks behind.
type mute struct {
	chain.Node
	behind int64
}

func (m mute) Broadcast(context.Context, chain.Prepared) error { return chain.ErrUnreachable }

func (m mute) Info(ctx context.Context) (chain.Info, error) {
	i, err := m.Node.Info(ctx)
	i.Height -= m.behind
	return i, err
}

// What is stored reaches the network although our node is away, and is booked
// like any other payment when it is back.
func TestTheNetworkGetsWhatOurNodeDoesNotTake(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	nodes := c.neighbours()
	u := c.rich(100_000)
	o := c.order(u, 20_000, 5_000)
	c.ahead.Add(2)
	if _, err := c.pay(mute{Node: c.node}).Step(t.Context()); !errors.Is(err, chain.ErrUnreachable) {
		t.Fatal(err)
	}
	if err := c.is(o, paymentorder.Sending); err != nil {
		t.Fatal(err)
	}
	client, _ := c.network(nodes[1:]...)
	r := c.relay(client)
	c.until("it is with somebody", func() error {
		if _, err := r.Step(t.Context()); err != nil {
			return err
		}
		waiting, err := nodes[2].Mempool(t.Context())
		if err == nil && !slices.Contains(waiting, c.fresh(o).TxID) {
			err = errors.New("it is not in the mempool")
		}
		return err
	})
	c.ahead.Add(120)
	c.settled(o)
}

// A payment that nobody takes up is a warning, and one only.
func TestAPaymentThatNobodyAnnouncesIsAnAlarm(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u := c.rich(100_000)
	o := c.order(u, 20_000, 5_000)
	client, err := p2p.New(p2p.Config{Params: &chaincfg.RegressionNetParams, Peers: []string{"127.0.0.1:1"}}) // who never runs
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	r := c.relay(client)
	r.Log, r.Alarm = slog.New(slog.NewTextHandler(&said, nil)), time.Hour
	c.stored = r.Take
	c.sent(o)
	if said.Len() > 0 {
		t.Errorf("at once: %s", said.String())
	}
	c.ahead.Add(3700)
	for range 3 {
		if _, err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(said.String(), "no other node announces a payment"); n != 1 {
		t.Errorf("said %d times: %s", n, said.String())
	}
	if err := c.is(o, paymentorder.InFlight); err != nil { // it is an alarm, and no more
		t.Error(err)
	}
	c.done(o)
}

// A block that a peer announces is looked at at once.
func TestAnAnnouncedBlockWakesTheWorkers(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	nodes := c.neighbours()
	u := c.rich(100_000)
	o := c.order(u, 20_000, 5_000)
	c.sent(o)
	c.do(func(tx *db.Tx) error { return o.Later(t.Context(), tx, c.clock().Unix()+36_000) })
	client, _ := c.network(nodes[2])
	var woken atomic.Int64
	var said bytes.Buffer
	var mu sync.Mutex
	b := &worker.Blocks{DB: c.DB, Net: client, Chain: mute{c.node, 10}, Clock: c.clock, Lag: time.Millisecond, Wake: func() { woken.Add(1) },
		Log: slog.New(slog.NewTextHandler(&guarded{&mu, &said}, nil))}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := b.Step(ctx); done <- err }()
	c.until("the workers are woken", func() error {
		if woken.Load() > 0 {
			return nil
		}
		c.mine(1) // until somebody listens
		return errors.New("not yet")
	})
	if due := c.fresh(o).Due; due > c.clock().Unix() {
		t.Errorf("it is looked at in %d seconds", due-c.clock().Unix())
	}
	c.until("the operator is warned that our node is behind", func() error {
		mu.Lock()
		defer mu.Unlock()
		if !strings.Contains(said.String(), "the own node is behind") {
			return errors.New(said.String())
		}
		return nil
	})
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// guarded is a writer for several.
type guarded struct {
	mu *sync.Mutex
	w  *bytes.Buffer
}

func (g *guarded) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.w.Write(b)
}
