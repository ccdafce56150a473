package lightning_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// background runs f until the test ends, and waits for it.
func background(t testing.TB, f func(ctx context.Context)) (stop func()) {
	ctx, end := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { f(ctx) })
	stop = func() { end(); all.Wait() }
	t.Cleanup(stop)
	return stop
}

// rendezvous is a relay on the loopback, and a beacon to meet there.
func rendezvous(t testing.TB) (*moneysocket.Relay, moneysocket.Beacon) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &moneysocket.Relay{Limits: loose}
	background(t, func(ctx context.Context) { _ = r.Serve(ctx, l) })
	at := moneysocket.Location{Host: "127.0.0.1", Port: uint16(l.Addr().(*net.TCPAddr).Port), Plain: true}
	return r, moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{at}}
}

// loose are limits under which a test on one machine is not slowed down.
var loose = moneysocket.Limits{Rate: -1, PerAddress: -1}

// through is a backend that reaches a provider by a beacon.
func through(t testing.TB, b moneysocket.Beacon, change ...func(*lightning.Config)) lightning.Node {
	t.Helper()
	cfg := lightning.Config{Kind: "moneysocket", Network: "regtest", Beacon: b.String(), Redial: time.Millisecond, Timeout: time.Minute}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.Journal == "" {
		cfg.Journal = filepath.Join(t.TempDir(), "journal")
	}
	node, err := lightning.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	return node
}

// wallet is a provider in front of a real node.
type wallet struct {
	moneysocket.Provider
	node  lightning.Node
	shown amount.Msat
}

// serve offers the money of a node at a rendezvous.
func serve(t testing.TB, node lightning.Node, r *moneysocket.Relay, s moneysocket.Seed) {
	t.Helper()
	w := &wallet{node: node, shown: -1}
	w.Provider = moneysocket.Provider{Invoice: w.invoice, Pay: w.pay, Pace: time.Nanosecond}
	background(t, func(ctx context.Context) {
		link := moneysocket.Incoming(r, s)
		link.Limits = loose
		_ = w.Run(ctx, link)
	})
	background(t, w.show)
	background(t, func(ctx context.Context) {
		_ = node.Settled(ctx, 0, func(got lightning.Receipt) error {
			w.Received(got.Preimage.Hex())
			return nil
		})
	})
}

// show tells the app of the balance whenever it has changed.
func (w *wallet) show(ctx context.Context) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if b, err := w.node.Balance(ctx); err == nil && b.Local != w.shown {
			w.shown = b.Local
			w.Show(true, true, moneysocket.Bitcoin(moneysocket.Msat(b.Local)))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (w *wallet) invoice(ctx context.Context, r moneysocket.Request) moneysocket.Answer {
	var p lightning.Preimage
	_, _ = rand.Read(p[:]) // never fails
	inv, err := w.node.Invoice(ctx, lightning.Ask{Preimage: p, Amount: amount.Msat(r.Msats), Description: r.Description, Expiry: time.Hour})
	if err != nil {
		return moneysocket.Answer{Error: err.Error()}
	}
	return moneysocket.Answer{Bolt11: inv.Text}
}

// pay says what a node says, as Terminus does.
func (w *wallet) pay(ctx context.Context, r moneysocket.Request) moneysocket.Answer {
	h, err := lightning.ParseHash(r.Invoice.Hash)
	if err != nil {
		return moneysocket.Answer{Error: err.Error()}
	}
	o, err := w.node.Pay(ctx, lightning.Payment{Invoice: r.Bolt11, Hash: h, FeeLimit: 100 * amount.Sat, MaxCLTV: 1000})
	switch {
	case err == nil && o.State == lightning.Succeeded:
		return moneysocket.Answer{Preimage: o.Preimage.Hex()}
	case err == nil && o.State == lightning.Failed:
		return moneysocket.Answer{Error: map[lightning.Reason]string{
			lightning.NoRoute: "no_route", lightning.Wrong: "incorrect_payment_details", lightning.NoBalance: "insufficient_balance",
		}[o.Reason] + " "}
	case errors.Is(err, lightning.ErrRefused):
		return moneysocket.Answer{Error: err.Error()}
	}
	return moneysocket.Answer{} // nobody knows
}
