package limedoor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/fiat"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/wallet"
)

const (
	gateway = "bitcoin.example.org"
	home    = "example.org"
)

// town is a desk on a fresh database, with a door for bots, and a clock that
// moves when a test says so.
type town struct {
	t     testing.TB
	desk  *command.Desk
	door  *limedoor.Door
	with  limedoor.Options // that the door was made with
	close func()           // the door, once
	clock atomic.Int64
	coins int
	asked int
}

// newTown opens a door that is served until the test ends.
func newTown(t testing.TB, d *db.DB, change ...func(*limedoor.Options)) *town {
	t.Helper()
	nodes.Start(t)
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t}
	w.clock.Store(time.Now().Unix()) // of the node, which dates invoices
	now := func() time.Time { return time.Unix(w.clock.Load(), 0) }
	sat := amount.FromSats
	d.SetClock(now)
	w.desk = command.New(&wallet.Service{DB: d, Chain: nodes.node, Words: words, Clock: now,
		Lightning: wallet.Lightning{Node: nodes.lightning, Expiry: time.Hour, Open: 2000, FinalCLTV: 500},
		Apps:      wallet.Apps{LIME: gateway, LIMEURLs: []string{"wss://" + gateway + "/lime"}},
		Policy: wallet.Policy{Domain: gateway, Network: "regtest", Languages: []string{"en"}, Served: []string{home, gateway},
			Limits: paymentorder.Limits{Payment: sat(200_000), Day: sat(500_000), FirstDay: sat(200_000), Balance: sat(1_000_000), OpenOrders: 2000,
				InFlight: 5, TTL: 600},
			Confirmations: 1, MinPayment: sat(546), MinDeposit: sat(1000), AddressesUnused: 3, Stale: 60, Version: "1.0"}})
	w.desk.Exchange, err = fiat.New(fiat.Options{Clock: now, Fetch: func(context.Context) ([]byte, error) { return []byte(`{"BRL": 300000}`), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Exchange.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := limedoor.Options{Domain: gateway, Host: "test", Desk: w.desk, Passwords: w.desk.Passwords(), Words: words, Clock: now, Guests: true, Register: true}
	for _, f := range change {
		f(&o)
	}
	w.with = o
	w.open()
	return w
}

// open makes a door, and serves it until it is closed, or the test ends.
func (w *town) open() {
	w.t.Helper()
	var err error
	if w.door, err = limedoor.New(w.with); err != nil {
		w.t.Fatal(err)
	}
	w.desk.Notify = w.door.Notify
	if err := w.door.Listen(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	opened, serving := w.door, new(sync.WaitGroup)
	serving.Go(func() {
		if err := opened.Serve(ctx); err != nil {
			w.t.Errorf("Serve: %v", err)
		}
	})
	w.close = sync.OnceFunc(func() {
		stop()
		serving.Wait()
	})
	w.t.Cleanup(w.close)
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, w *town), change ...func(*limedoor.Options)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d, change...)) })
}

func jid(who string) string {
	if strings.Contains(who, "@") {
		return who
	}
	return who + "@" + home
}

// says is a line of chat.
func (w *town) says(who, text string) command.Reply {
	w.t.Helper()
	w.asked++
	r, err := w.desk.Ask(context.Background(), command.Request{User: jid(who), Text: text, ID: fmt.Sprintf("chat-%d", w.asked)})
	if err != nil {
		w.t.Fatalf("%s says %q: %v", who, text, err)
	}
	return r
}

// enrol opens accounts with some money.
func (w *town) enrol(names ...string) {
	w.t.Helper()
	for _, n := range names {
		w.says(n, "register "+n)
		w.deposit(n, 100_000)
	}
}

// link gives somebody's bot a key.
func (w *town) link(who, rights string) string {
	w.t.Helper()
	w.asked++
	return w.key(who, fmt.Sprintf("link lime app%d %s", w.asked, rights))
}

// patience is long: it ends tests that would never end.
const patience = 60 * time.Second

// drafts makes an order in chat and returns its code.
func (w *town) drafts(who, text string) string {
	w.t.Helper()
	for _, n := range w.says(who, text).Next {
		if code, is := strings.CutPrefix(n.Text, "confirm "); is {
			return code
		}
	}
	w.t.Fatalf("%q made no order", text)
	return ""
}

// invoice makes one in chat and returns its hash.
func (w *town) invoice(who, text string) string {
	w.t.Helper()
	return w.invoices(who, text).Hash
}

// invoices makes one in chat and reads it.
func (w *town) invoices(who, text string) wallet.InvoiceRecord {
	w.t.Helper()
	said := w.says(who, text).Copy
	all, _, err := w.desk.Invoices(context.Background(), w.caller(who), 0, 50)
	i := slices.IndexFunc(all, func(i wallet.InvoiceRecord) bool { return slices.Contains(said, i.Text) })
	if err != nil || i < 0 {
		w.t.Fatalf("%q gave %q, which is none of %+v, %v", text, said, all, err)
	}
	return all[i]
}

// key links a bot in chat and is its key.
func (w *town) key(who, text string) string {
	w.t.Helper()
	r := w.says(who, text)
	if !r.Private || len(r.Copy) == 0 {
		w.t.Fatalf("%q gave %+v", text, r)
	}
	return r.Copy[len(r.Copy)-1]
}

// paid pays an invoice as a neighbour does, without the neighbour.
func (w *town) paid(hash string, sat int64) {
	w.t.Helper()
	ctx := context.Background()
	err := w.desk.DB.Tx(ctx, func(tx *db.Tx) error {
		if ok, err := invoice.SetAside(ctx, tx, hash); err != nil || !ok {
			return fmt.Errorf("set aside: %v, %w", ok, err)
		}
		_, err := invoice.PaidInside(ctx, tx, hash, amount.FromSats(sat), w.clock.Load())
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.door.Notify()
}
