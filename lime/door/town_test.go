package door_test

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
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/door"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/rate"
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
	door  *door.Door
	with  door.Options // that the door was made with
	close func()       // the door, once
	clock atomic.Int64
	coins int
	asked int
}

// newTown opens a door that is served until the test ends.
func newTown(t testing.TB, d *db.DB, change ...func(*door.Options)) *town {
	t.Helper()
	wallet.Start(t)
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t}
	w.clock.Store(time.Now().Unix()) // of the node, which dates invoices
	now := func() time.Time { return time.Unix(w.clock.Load(), 0) }
	sat := amount.FromSats
	w.desk = &command.Desk{DB: d, Chain: wallet.node, Words: words, Commands: command.Index, Clock: now,
		Lightning: command.Lightning{Node: wallet.lightning, Expiry: time.Hour, Open: 2000, FinalCLTV: 500},
		Apps:      command.Apps{LIME: gateway, LIMEURLs: []string{"wss://" + gateway + "/lime"}},
		House: command.House{Domain: gateway, Network: "regtest", Languages: []string{"en"}, Served: []string{home, gateway},
			Limits: paymentorder.Limits{Payment: sat(200_000), Day: sat(500_000), FirstDay: sat(200_000), Balance: sat(1_000_000), OpenOrders: 2000,
				InFlight: 5, TTL: 600},
			Confirmations: 1, MinPayment: sat(546), MinDeposit: sat(1000), AddressesUnused: 3, Stale: 60, Version: "1.0"}}
	w.desk.Exchange, err = rate.New(rate.Options{Clock: now, Fetch: func(context.Context) ([]byte, error) { return []byte(`{"BRL": 300000}`), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Exchange.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := door.Options{Domain: gateway, Host: "test", Desk: w.desk, Passwords: w.desk.Passwords(), Words: words, Clock: now, Guests: true, Register: true}
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
	if w.door, err = door.New(w.with); err != nil {
		w.t.Fatal(err)
	}
	w.desk.Wake = w.door.Ring
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
func each(t *testing.T, test func(t *testing.T, w *town), change ...func(*door.Options)) {
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
	v, is := w.says(who, fmt.Sprintf("link lime app%d %s", w.asked, rights)).Data.(command.LinkView)
	if !is || v.Key == "" || v.Identity != who+"@"+gateway {
		w.t.Fatalf("link gave %+v", v)
	}
	return v.Key
}

// patience is long: it ends tests that would never end.
const patience = 60 * time.Second

// bot is a session of a bot.
type bot struct {
	t testing.TB
	*lime.Channel
	came chan lime.Envelope
	seen []lime.Envelope // that came, and were not asked for yet
}

// enter makes a session on a pipe within this process.
func (w *town) enter(name string, proof lime.Authentication) (*bot, error) {
	client, server := lime.Pipe()
	return w.enterBy(name, proof, client, server)
}

func (w *town) enterBy(name string, proof lime.Authentication, client, server lime.Transport) (*bot, error) {
	if opened := w.door; server != nil {
		var serving sync.WaitGroup
		serving.Go(func() { _ = opened.Accept(context.Background(), server) })
		w.t.Cleanup(serving.Wait)
	}
	b := &bot{t: w.t, came: make(chan lime.Envelope, 4096)}
	d := &lime.Dialer{Node: lime.Node{Identity: lime.Identity{Name: name, Domain: gateway}}, Authentication: proof, Mux: b.mux()}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := d.Establish(ctx, client)
	if err != nil {
		return nil, err
	}
	b.Channel = c
	w.t.Cleanup(func() {
		_ = c.Finish(ctx2(w.t))
		<-c.Done()
	})
	return b, nil
}

func ctx2(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func (b *bot) mux() *lime.Mux {
	m := lime.NewMux()
	m.Messages("", func(_ context.Context, _ *lime.Channel, msg *lime.Message) error {
		b.came <- msg
		return nil
	})
	m.Notifications(func(_ context.Context, _ *lime.Channel, n *lime.Notification) { b.came <- n })
	for _, path := range []string{"/balance", "/history", "/orders/{x}", "/invoices/{x}", "/transactions/{x}", "/blocks"} {
		m.Handle(lime.Observe, path, func(_ context.Context, r *lime.Request) (lime.Document, error) {
			b.came <- r.Command
			return nil, nil
		})
	}
	return m
}

// bot logs a bot in with a key.
func (w *town) bot(who, key string) *bot {
	w.t.Helper()
	b, err := w.enter(who, lime.WithKey(key))
	if err != nil {
		w.t.Fatalf("%s: %v", who, err)
	}
	return b
}

// person logs a user in with a password, which they have from now on.
func (w *town) person(who string) *bot {
	w.t.Helper()
	if err := w.desk.Passwords().Set(w.t.Context(), jid(who), "secret word"); err != nil {
		w.t.Fatal(err)
	}
	b, err := w.enter(who, lime.WithPassword("secret word"))
	if err != nil {
		w.t.Fatalf("%s: %v", who, err)
	}
	return b
}

func (w *town) guest() *bot {
	w.t.Helper()
	b, err := w.enter("", lime.AsGuest())
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// do runs a command and returns the resource.
func (b *bot) do(m lime.Method, uri lime.URI, resource lime.Document) (lime.Document, error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return b.Do(ctx, m, uri, resource)
}

// must is do for what cannot go wrong.
func must[T lime.Document](b *bot, m lime.Method, uri lime.URI, resource lime.Document) T {
	b.t.Helper()
	doc, err := b.do(m, uri, resource)
	if err != nil {
		b.t.Fatalf("%s %s: %v", m, uri, err)
	}
	v, err := lime.As[T](doc)
	if err != nil {
		b.t.Fatalf("%s %s: %v", m, uri, err)
	}
	return v
}

// next waits for the first envelope that fits and was not returned before.
func (b *bot) next(what string, fits func(lime.Envelope) bool) lime.Envelope {
	b.t.Helper()
	for i, e := range b.seen {
		if fits(e) {
			b.seen = slices.Delete(b.seen, i, i+1)
			return e
		}
	}
	late := time.After(patience)
	for {
		select {
		case e := <-b.came:
			if fits(e) {
				return e
			}
			b.seen = append(b.seen, e)
		case <-late:
			b.t.Fatalf("%s did not come", what)
		}
	}
}

// heard waits for a message of a type.
func heard[T lime.Document](b *bot, fits func(T) bool) *lime.Message {
	b.t.Helper()
	return b.next(fmt.Sprintf("a %T", *new(T)), func(e lime.Envelope) bool {
		m, is := e.(*lime.Message)
		if !is {
			return false
		}
		v, err := lime.As[T](m.Content)
		return err == nil && m.Content.MediaType() == v.MediaType() && fits(v)
	}).(*lime.Message)
}

// observed waits for a change of a resource.
func observed[T lime.Document](b *bot, path string, fits func(T) bool) T {
	b.t.Helper()
	var v T
	b.next("a change of "+path, func(e lime.Envelope) bool {
		c, is := e.(*lime.Command)
		if !is || c.Resource == nil || !strings.HasPrefix(string(c.URI), path) {
			return false
		}
		var err error
		v, err = lime.As[T](c.Resource)
		return err == nil && fits(v)
	})
	return v
}

// ends waits until the session is over.
func (b *bot) ends() {
	b.t.Helper()
	select {
	case <-b.Done():
	case <-time.After(patience):
		b.t.Fatal("the session does not end")
	}
}

func (b *bot) write(to, id string, content lime.Document) {
	b.t.Helper()
	n, err := lime.ParseNode(to)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.Send(ctx2(b.t), &lime.Message{Header: lime.Header{ID: id, To: n}, Content: content}); err != nil {
		b.t.Fatal(err)
	}
}

// order is a resource as JSON.
func resource(t lime.MediaType, text string) lime.Document {
	return lime.Raw{Type: t, JSON: []byte(text)}
}

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
	return dataOf[command.ReceiveView](w, who, text).Hash
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
	w.door.Ring()
}
