package moneysocket

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Request is what a consumer wants of a wallet.
type Request struct {
	Link RendezvousID // by which it came
	UUID string       // request_uuid as the consumer wrote it, unique if it is honest
	Time time.Time    // by its clock

	Msats       Msat   // of an invoice: how much it shall be for
	Description string // of an invoice: what for; most apps say nothing

	Bolt11  string  // of a payment: what to pay
	Invoice Invoice // of a payment: what the front of Bolt11 says

	Extra map[string]rawJSON // other fields, as they came
}

// Answer is what a wallet says to a request. Exactly one of Bolt11, Preimage
// and Error is set; the zero Answer says that the answer comes later, with
// [Provider.Answer].
type Answer struct {
	Bolt11   string // of an invoice
	Preimage string // of a payment that was made, 64 hex digits
	Ext      string // with a preimage: up to 4096 characters for programs that know them
	Error    string // why not, for a person to read
}

// Later reports whether the answer is yet to come.
func (a Answer) Later() bool { return a.Bolt11 == "" && a.Preimage == "" && a.Error == "" }

// Provider is a wallet that an app may use. The fields are set before
// [Provider.Run] and not changed after.
//
// A request is handed to Invoice or Pay once for its request_uuid and link, as
// long as it is among the last Remember of them since the provider was made:
// repetitions within that memory get the old answer again, or wait for the
// first. Whatever is older, or came before the program was started, is handed
// over again. So a program that pays keeps link, request_uuid and payment hash
// on disk and answers repetitions itself; the memory only spares it the work.
//
// The protocol cannot prove who wrote a frame. A provider refuses clear
// frames, frames whose time is further than Window from ours, and invoices
// whose checksum is wrong, so that a frame that was tampered with asks for
// nothing.
type Provider struct {
	// Invoice and Pay answer requests, in goroutines of their own; the
	// context is Run's, not that of the connection. A nil function refuses.
	Invoice func(context.Context, Request) Answer
	Pay     func(context.Context, Request) Answer
	// OnEvent gets news of the links, one at a time. It must not block.
	OnEvent func(Event)
	// OnSent hears of every answer that went out on a connection, with the
	// UUID of its request or "" for an incoming payment. No more is known of
	// whether it arrived. It must not block.
	OnSent func(link RendezvousID, uuid string, a Answer)

	Account  string        // account_uuid; a random one if empty
	Remember int           // requests to remember: 1024; negative is none
	Busy     int           // requests in Invoice and Pay at once: 16; more are refused
	Window   time.Duration // how wrong the clock of an app may be: 24 h; negative is any
	Pace     time.Duration // between two updates of a wallet that changes: 1 s
	// Mute is how long somebody who has joined may say nothing that can be
	// read before he is sent away: he may not have the seed at all. 0 is for
	// ever.
	Mute time.Duration
	Log  *slog.Logger

	once  sync.Once
	slots chan struct{}
	work  sync.WaitGroup

	mu     sync.Mutex
	told   sync.Mutex // OnEvent is called one at a time
	wallet *wallet    // nil: not ready
	boxes  map[RendezvousID]*box
	early  []parcel // answers for all links from before Run
	seen   *shelf[*asked]
}

// wallet is what is shown of it, and how often that has changed.
type wallet struct {
	Info
	edition int
}

func (p *Provider) init() {
	p.once.Do(func() {
		if p.Remember == 0 {
			p.Remember = 1024
		}
		if p.Busy <= 0 {
			p.Busy = 16
		}
		if p.Window == 0 {
			p.Window = 24 * time.Hour
		}
		if p.Pace == 0 {
			p.Pace = time.Second
		}
		if p.Account == "" {
			p.Account = newUUID()
		}
		p.slots, p.boxes = make(chan struct{}, p.Busy), map[RendezvousID]*box{}
		p.seen = newShelf[*asked](max(1, p.Remember))
	})
}

// Run keeps all the links until ctx ends, and returns its error. Each link is
// of another seed. It may be called once.
func (p *Provider) Run(ctx context.Context, links ...Link) error {
	p.init()
	var all sync.WaitGroup
	for n, l := range links {
		b := p.open(l.Seed.Rendezvous())
		k := newKeeper(l, p.Log, func(e Event) {
			p.told.Lock()
			defer p.told.Unlock()
			if p.OnEvent != nil {
				p.OnEvent(e)
			}
		})
		keep := func() {
			_ = k.run(ctx, func(ctx context.Context, s *session) error { return p.serve(ctx, s, b) })
		}
		if n < len(links)-1 {
			all.Go(keep)
		} else {
			keep() // this goroutine has nothing else to do
		}
	}
	<-ctx.Done()
	all.Wait()
	p.work.Wait()
	return ctx.Err()
}

// Show sets what apps see of the wallet, and tells them, not more often than
// the pace. Until the first Show apps are told that the provider is not ready.
func (p *Provider) Show(payer, payee bool, w Wad) {
	p.init()
	p.mu.Lock()
	edition := 1
	if p.wallet != nil {
		edition = p.wallet.edition + 1
	}
	p.wallet = &wallet{Info{p.Account, payer, payee, w}, edition}
	for _, b := range p.boxes {
		b.ring()
	}
	p.mu.Unlock()
}

// shown returns what there is to show, nil if the provider is not ready.
func (p *Provider) shown() *wallet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wallet
}

// Received tells the apps on all links that an invoice was paid by somebody.
func (p *Provider) Received(preimage string) {
	p.post("", parcel{answer: Answer{Preimage: preimage}})
}

// Answer answers a request, now or at the next time that its link is ready, in
// this run of the program or in a later one than it came in. An empty link
// stands for all. An answer may reach the app twice if the connection is lost
// meanwhile; apps expect that.
func (p *Provider) Answer(link RendezvousID, uuid string, a Answer) {
	if a.Later() {
		return
	}
	p.init()
	p.mu.Lock()
	if was := p.seen.at[memoryKey(link, uuid)]; was != nil {
		was.answer = a
	}
	p.mu.Unlock()
	p.post(link, parcel{uuid, a})
}
