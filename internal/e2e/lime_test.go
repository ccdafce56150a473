package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
)

// TestBots has programs and people at the same wallets, through both doors of
// a real gateway.
func TestBots(t *testing.T) {
	t.Parallel()
	p, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, world.Options{Server: "ejabberd", Database: "postgres", Settings: map[string]string{
		"lime.ws": fmt.Sprintf("%q", port.Address(p)), "lime.urls": fmt.Sprintf("[%q]", "ws://"+port.Address(p)+"/lime"), "lime.require_tls": "false",
	}})
	h.hold(t, []fact{
		{"a bot observes what is paid in chat", botObserves},
		{"an order of a bot is confirmed in chat", confirmedInChat},
		{"an order of chat is confirmed by a bot", confirmedByBot},
		{"chat and bot confirm one order at once", confirmedByBoth},
		{"a bot that was taken away is sent away", botUnlinked},
		{"a bot outlives its gateway", botReturns},
	})
}

// bot is a program with a key to somebody's wallet.
type bot struct {
	t       *testing.T
	name    string
	dialer  limeclient.Dialer
	url     string
	session *limeclient.Channel
	news    chan heard // what it observes
}

// heard is news of a resource.
type heard struct {
	uri   string
	order order
	sat   int64 // available
}

// order is as much of an order as bots need.
type order struct {
	Code, To, State string
	Amount          int64
	Asked           bool
}

const orderType = "application/vnd.bitcoim.order+json"

// links lets a bot at a person's wallet, and connects it.
func (p *person) links(name, rights string) *bot {
	p.t.Helper()
	said := p.asks("link lime "+name+" "+rights, "Your bot logs in as "+p.name+"@"+p.gateway)
	lines := strings.Split(strings.TrimSpace(said), "\n")
	b := &bot{t: p.t, name: name, url: lines[len(lines)-2], news: make(chan heard, 1024)}
	mux := limeclient.NewMux()
	for _, path := range []string{"/balance", "/orders/{code}"} {
		mux.Handle(lime.Observe, path, func(_ context.Context, r *limeclient.Request) (lime.Document, error) {
			n := heard{uri: path}
			if raw, ok := r.Resource.(lime.Raw); ok {
				var balance struct{ Available int64 }
				if err := errors.Join(json.Unmarshal(raw.JSON, &n.order), json.Unmarshal(raw.JSON, &balance)); err != nil {
					return nil, err
				}
				n.sat = balance.Available
			}
			b.news <- n
			return nil, nil
		})
	}
	b.dialer = limeclient.Dialer{Mux: mux, AllowPlainSecrets: true, Authentication: lime.WithKey(lines[len(lines)-1]),
		Node: lime.Node{Identity: lime.Identity{Name: p.name, Domain: p.gateway}, Instance: name}}
	b.connects()
	p.hears(name + " is connected")
	return b
}

func (b *bot) connects() {
	b.t.Helper()
	session, err := b.dialer.Dial(b.t.Context(), b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	b.session = session
	b.t.Cleanup(func() {
		_ = session.Finish(context.WithoutCancel(b.t.Context()))
		<-session.Done()
	})
}

func (b *bot) do(m lime.Method, uri lime.URI, document string) (order, error) {
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	var resource lime.Document
	if document != "" {
		resource = lime.Raw{Type: orderType, JSON: []byte(document)}
	}
	got, err := b.session.Do(ctx, m, uri, resource)
	var o order
	if raw, ok := got.(lime.Raw); err == nil && ok {
		err = json.Unmarshal(raw.JSON, &o)
	}
	return o, err
}

// must is do for what cannot go wrong.
func (b *bot) must(m lime.Method, uri lime.URI, document string) order {
	b.t.Helper()
	o, err := b.do(m, uri, document)
	if err != nil {
		b.t.Fatalf("%s %s: %v", m, uri, err)
	}
	return o
}

// observes waits for news that are wanted.
func (b *bot) observes(what string, wanted func(heard) bool) {
	b.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	for {
		select {
		case n := <-b.news:
			if wanted(n) {
				return
			}
		case <-b.session.Done():
			b.t.Fatalf("%s: the session is over: %v", what, b.session.Err())
		case <-end.C:
			b.t.Fatalf("does not observe %s", what)
		}
	}
}

func botObserves(t *testing.T, h *house) {
	ann, bob := h.rich(t, "ann1", 5000), h.member(t, "bob1")
	clerk := bob.links("clerk", "receive-only")
	clerk.must(lime.Subscribe, "/balance", "")
	ann.confirms(ann.orders("pay 1234 bob1 wages"))
	clerk.observes("the balance", func(n heard) bool { return n.uri == "/balance" && n.sat == 1234 })
	if _, err := clerk.do(lime.Set, "/orders", `{"to":"ann1","amount":5}`); err == nil {
		t.Error("a bot that may only receive has made an order")
	}
}

func confirmedInChat(t *testing.T, h *house) {
	ann, bob := h.rich(t, "ann2", 5000), h.member(t, "bob2")
	clerk := ann.links("clerk", "budget 0")
	clerk.must(lime.Subscribe, "/orders", "")
	o := clerk.must(lime.Set, "/orders", `{"to":"bob2","amount":77,"memo":"wages"}`)
	if o.State != "pending" || o.Amount != 77 {
		t.Errorf("the order is %+v", o)
	}
	ann.confirms(o.Code)
	bob.hears("ann2 sent you 77 sat", "“wages”")
	clerk.observes("the end of its order", func(n heard) bool { return n.order.Code == o.Code && n.order.State == "sent" })
	if got := ann.balance(); got != 5000-77 {
		t.Errorf("ann has %d sat", got)
	}
}

func confirmedByBot(t *testing.T, h *house) {
	ann, bob := h.rich(t, "ann3", 5000), h.member(t, "bob3")
	clerk := ann.links("clerk", "budget 100/total")
	within, above := ann.orders("pay 60 bob3 a"), ann.orders("pay 50 bob3 b")
	if o := clerk.must(lime.Merge, lime.URI("/orders/"+within), `{"state":"confirmed"}`); o.State != "sent" {
		t.Errorf("within the budget it is %+v", o)
	}
	bob.hears("ann3 sent you 60 sat", "“a”")
	ann.hears("clerk paid 60 sat")
	if o := clerk.must(lime.Merge, lime.URI("/orders/"+above), `{"state":"confirmed"}`); o.State != "pending" || !o.Asked {
		t.Errorf("above the budget it is %+v", o)
	}
	ann.hears("clerk* asks for 50 sat", "allow "+above)
	ann.asks("allow "+above, "Paid 50 sat to bob3")
	bob.hears("ann3 sent you 50 sat", "“b”")
	if got := ann.balance(); got != 5000-110 {
		t.Errorf("ann has %d sat", got)
	}
}

// One code works once, whoever says it, and however fast.
func confirmedByBoth(t *testing.T, h *house) {
	const rounds = 10
	ann := h.rich(t, "ann4", 5000)
	h.member(t, "bob4")
	clerk := ann.links("clerk", "budget 1000/total")
	for i := range rounds {
		code := ann.orders("pay 10 bob4 round %d", i)
		var both sync.WaitGroup
		both.Go(func() { _, _ = clerk.do(lime.Merge, lime.URI("/orders/"+code), `{"state":"confirmed"}`) })
		both.Go(func() {
			ann.sends("<message to='%s' type='chat' id='both-%d'><body>confirm %s</body></message>", ann.gateway, i, code)
		})
		both.Wait()
		if o := clerk.must(lime.Get, lime.URI("/orders/"+code), ""); o.State != "sent" {
			ann.awaitsOrder(clerk, code)
		}
	}
	ann.settles()
	if got := ann.balance(); got != 5000-10*rounds {
		t.Errorf("ann has %d sat", got)
	}
}

// awaitsOrder waits until the bot reads that an order was paid.
func (p *person) awaitsOrder(b *bot, code string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		o := b.must(lime.Get, lime.URI("/orders/"+code), "")
		if o.State == "sent" {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("%s is still %+v", code, o)
		}
	}
}

func botUnlinked(t *testing.T, h *house) {
	ann := h.member(t, "ann5")
	clerk := ann.links("clerk", "budget 0")
	ann.asks("unlink clerk", "clerk is not linked any more")
	if _, err := clerk.do(lime.Get, "/balance", ""); err == nil {
		t.Error("it still reads the balance")
	}
	select {
	case <-clerk.session.Done():
	case <-time.After(patience):
		t.Error("its session goes on")
	}
	if s, err := clerk.dialer.Dial(t.Context(), clerk.url); err == nil {
		_ = s.Finish(t.Context())
		t.Error("it can log in")
	}
}

func botReturns(t *testing.T, h *house) {
	ann := h.rich(t, "ann6", 500)
	h.member(t, "bob6")
	clerk := ann.links("clerk", "budget 0")
	o := clerk.must(lime.Set, "/orders", `{"to":"bob6","amount":20}`)
	if err := h.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-clerk.session.Done():
	case <-time.After(patience):
		t.Error("the session outlives the gateway")
	}
	if err := h.gateway.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	clerk.connects()
	if again := clerk.must(lime.Get, lime.URI("/orders/"+o.Code), ""); again.State != "pending" {
		t.Errorf("after the restart it is %+v", again)
	}
	ann.confirms(o.Code)
	ann.awaitsOrder(clerk, o.Code)
}
