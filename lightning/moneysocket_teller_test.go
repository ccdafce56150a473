package lightning_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// teller is a provider without a node, who says what the test says.
type teller struct {
	moneysocket.Provider
	relay  *moneysocket.Relay
	beacon moneysocket.Beacon
	makes  func(moneysocket.Request) moneysocket.Answer // invoices; nil refuses
	pays   chan moneysocket.Request                     // requests, answered by the test
	asked  atomic.Int32                                 // requests to pay
	lines  lines
	lost   chan struct{} // one for each link that was lost
}

// opened is a teller that has shown its wallet.
func opened(t testing.TB) *teller {
	t.Helper()
	w := closed(t)
	w.run(t)
	return w
}

// closed is a teller that is not there yet.
func closed(t testing.TB) *teller {
	t.Helper()
	w := &teller{pays: make(chan moneysocket.Request, 100), lost: make(chan struct{}, 1000)}
	w.relay, w.beacon = rendezvous(t)
	w.Provider = moneysocket.Provider{Pace: time.Nanosecond,
		OnEvent: func(e moneysocket.Event) {
			if e.State == moneysocket.Lost {
				select {
				case w.lost <- struct{}{}:
				default:
				}
			}
		},
		Invoice: func(_ context.Context, r moneysocket.Request) moneysocket.Answer { return w.makes(r) },
		Pay: func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
			w.asked.Add(1)
			w.pays <- r
			return moneysocket.Answer{} // later
		}}
	w.Show(true, true, moneysocket.Bitcoin(1_000_000))
	return w
}

func (w *teller) run(t testing.TB) {
	link := moneysocket.Incoming(w.relay, w.beacon.Seed)
	link.Limits = loose
	background(t, func(ctx context.Context) { _ = w.Run(ctx, link) })
}

// backend is a new backend of the teller, on lines that can be cut.
func (w *teller) backend(t testing.TB, change ...func(*lightning.Config)) lightning.Node {
	t.Helper()
	return through(t, w.beacon, append([]func(*lightning.Config){func(c *lightning.Config) { c.NetDial = w.lines.dial }}, change...)...)
}

// at is a backend with that journal.
func at(journal string) func(*lightning.Config) {
	return func(c *lightning.Config) { c.Journal = journal }
}

// next is the next request to pay.
func (w *teller) next(t testing.TB) moneysocket.Request {
	t.Helper()
	select {
	case r := <-w.pays:
		return r
	case <-time.After(time.Minute):
		t.Fatal("the provider was not asked")
		return moneysocket.Request{}
	}
}

// alone waits until the teller knows that its link is lost. What it says before
// that is said to nobody, and never again.
func (w *teller) alone(t testing.TB) {
	t.Helper()
	select {
	case <-w.lost:
	case <-time.After(time.Minute):
		t.Fatal("the provider still has its link")
	}
}

// lines are TCP connections that can be cut.
type lines struct {
	mu   sync.Mutex
	all  []net.Conn
	dead bool
}

func (l *lines) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return nil, fmt.Errorf("the line is dead")
	}
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err == nil {
		l.all = append(l.all, c)
	}
	return c, err
}

// cut ends all connections; no new ones are made if the line is dead.
func (l *lines) cut(dead bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.all {
		_ = c.Close()
	}
	l.all, l.dead = nil, dead
}

func secret(n int) (p lightning.Preimage, h lightning.Hash) {
	p = sha256.Sum256(fmt.Append(nil, "secret ", n))
	return p, p.Hash()
}

func hashIs(h lightning.Hash) field { return field{1, fiveBits(h[:])} }

func expiresIn(seconds int) field {
	return field{6, []byte{byte(seconds >> 15 & 31), byte(seconds >> 10 & 31), byte(seconds >> 5 & 31), byte(seconds & 31)}}
}

// billOf is an invoice of somebody, for the hash of a secret.
func billOf(t testing.TB, n int, msat amount.Msat, more ...field) lightning.Payment {
	t.Helper()
	_, h := secret(n)
	text := craft(t, fmt.Sprintf("lnbcrt%dp", msat*10), append([]field{hashIs(h), secretField(), memo("tea"), features}, more...)...)
	return lightning.Payment{Invoice: text, Hash: h, FeeLimit: 10 * amount.Sat, MaxCLTV: 1000}
}

// paying starts a payment in the background.
func paying(t testing.TB, node lightning.Node, p lightning.Payment) <-chan result {
	done := make(chan result, 1)
	background(t, func(ctx context.Context) {
		o, err := node.Pay(ctx, p)
		done <- result{o, err}
	})
	return done
}

type result struct {
	lightning.Outcome
	err error
}

// ends waits for the end of a payment.
func ends(t testing.TB, done <-chan result, state lightning.State) lightning.Outcome {
	t.Helper()
	select {
	case r := <-done:
		if r.err != nil || r.State != state {
			t.Fatalf("got %+v (%v), want state %d", r.Outcome, r.err, state)
		}
		return r.Outcome
	case <-time.After(time.Minute):
		t.Fatal("the payment does not end")
		return lightning.Outcome{}
	}
}

// is wants Find to say a state.
func is(t testing.TB, node lightning.Node, h lightning.Hash, state lightning.State) lightning.Outcome {
	t.Helper()
	o, err := node.Find(t.Context(), h)
	if err != nil || o.State != state {
		t.Fatalf("found %+v (%v), want state %d", o, err, state)
	}
	return o
}

// becomes waits until Find says a state.
func becomes(t testing.TB, node lightning.Node, h lightning.Hash, state lightning.State) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		o, err := node.Find(ctx, h)
		if err == nil && o.State == state {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it is %+v (%v) still, want state %d", o, err, state)
		}
	}
}

// linked waits until the backend and the teller have met.
func linked(t testing.TB, node lightning.Node) {
	t.Helper()
	if _, err := node.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
}
