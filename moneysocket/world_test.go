//go:build !js

package moneysocket_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/address/v2/bech32"
	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/moneysocket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loose are limits under which a test on one machine is not slowed down.
var loose = moneysocket.Limits{Rate: -1, PerAddress: -1}

// background runs f until the test ends, and waits for it.
func background(t testing.TB, f func(ctx context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { f(ctx) })
	t.Cleanup(func() { stop(); all.Wait() })
}

// serve starts a relay on a free port of the loopback and says where.
func serve(t testing.TB, r *moneysocket.Relay) moneysocket.Location {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	background(t, func(ctx context.Context) { _ = r.Serve(ctx, l) })
	return moneysocket.Location{Host: "127.0.0.1", Port: uint16(l.Addr().(*net.TCPAddr).Port), Plain: true}
}

// soon bounds what a broken test would wait for.
func soon(t testing.TB) context.Context {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(stop)
	return ctx
}

// fast dials a beacon, and soon again if it is lost.
func fast(s moneysocket.Seed, at moneysocket.Location) moneysocket.Link {
	l := moneysocket.Outgoing(moneysocket.Beacon{Seed: s, Locations: []moneysocket.Location{at}}, moneysocket.Dialer{Limits: loose})
	l.First = time.Millisecond
	return l
}

// preimage is the n-th of the test, and its hash.
func preimage(n int) (text, hash string) {
	b := sha256.Sum256(fmt.Append(nil, "preimage ", n))
	sum := sha256.Sum256(b[:])
	return hex.EncodeToString(b[:]), hex.EncodeToString(sum[:])
}

// invoice is BOLT 11 text with a good checksum and no good signature.
func invoice(m moneysocket.Msat, hash string) string {
	b, _ := hex.DecodeString(hash)
	groups, _ := bech32.ConvertBits(b, 8, 5, true)
	data := make([]byte, 7, 200)
	data = append(data, 1, 52/32, 52%32)
	data = append(append(data, groups...), make([]byte, 104)...)
	text, _ := bech32.Encode(fmt.Sprintf("lnbcrt%dp", m*10), data)
	return text
}

// purse is a wallet with a balance and a memory of what it was asked.
type purse struct {
	*moneysocket.Provider
	mu      sync.Mutex
	balance moneysocket.Msat
	paid    []string // bolt11
	asked   int      // invoices
	events  chan moneysocket.Event
}

// newPurse pays and makes any invoice whose preimage is one of the test's.
func newPurse(balance moneysocket.Msat) *purse {
	w := &purse{balance: balance, events: make(chan moneysocket.Event, 4096)}
	w.Provider = &moneysocket.Provider{Invoice: w.make, Pay: w.pay, Pace: time.Nanosecond, OnEvent: func(e moneysocket.Event) { w.events <- e }}
	w.Show(true, true, moneysocket.Bitcoin(balance))
	return w
}

func (w *purse) make(_ context.Context, r moneysocket.Request) moneysocket.Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	_, hash := preimage(w.asked)
	return moneysocket.Answer{Bolt11: invoice(r.Msats, hash)}
}

func (w *purse) pay(_ context.Context, r moneysocket.Request) moneysocket.Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Invoice.Amount > w.balance {
		return moneysocket.Answer{Error: "insufficient balance"}
	}
	for n := range 2000 {
		if text, hash := preimage(n); hash == r.Invoice.Hash {
			w.balance -= r.Invoice.Amount
			w.paid = append(w.paid, r.Bolt11)
			defer w.Show(true, true, moneysocket.Bitcoin(w.balance))
			return moneysocket.Answer{Preimage: text}
		}
	}
	return moneysocket.Answer{Error: "no route"}
}

// payments is how often the purse has paid.
func (w *purse) payments() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.paid)
}

// await reads news until one is of a state.
func await(t testing.TB, events <-chan moneysocket.Event, s moneysocket.State) moneysocket.Event {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case e := <-events:
			if e.State == s {
				return e
			}
		case <-late:
			t.Fatalf("no news of %s", s)
		}
	}
}

// app is a consumer with what it was told.
type app struct {
	*moneysocket.Consumer
	infos    chan moneysocket.Info
	received chan moneysocket.Payment
	events   chan moneysocket.Event
}

func newApp(l moneysocket.Link) *app {
	a := &app{infos: make(chan moneysocket.Info, 4096), received: make(chan moneysocket.Payment, 4096), events: make(chan moneysocket.Event, 4096)}
	a.Consumer = &moneysocket.Consumer{Link: l,
		OnInfo:     func(i moneysocket.Info) { a.infos <- i },
		OnReceived: func(p moneysocket.Payment) { a.received <- p },
		OnEvent:    func(e moneysocket.Event) { a.events <- e }}
	return a
}

func (a *app) run(t testing.TB) {
	background(t, func(ctx context.Context) { _ = a.Run(ctx) })
}

func (w *purse) run(t testing.TB, links ...moneysocket.Link) {
	background(t, func(ctx context.Context) { _ = w.Run(ctx, links...) })
}

// balance waits until the app is shown a balance.
func (a *app) balance(t testing.TB, want moneysocket.Msat) {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case i := <-a.infos:
			if i.Wad.Msats == want {
				return
			}
		case <-late:
			t.Fatalf("the app was not shown %d msat", want)
		}
	}
}

// flipped is a text with one letter changed.
func flipped(text string) string {
	return strings.Replace(text, text[len(text)-1:], map[bool]string{true: "p", false: "q"}[text[len(text)-1] == 'q'], 1)
}
