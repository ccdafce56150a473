package moneysocket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/amount"
)

// What a consumer's requests can end with.
var (
	// ErrNotSent: there was no provider to ask. Nothing happened.
	ErrNotSent = errors.New("no provider is there, nothing was sent")
	// ErrUnknown: there is no answer. A payment may have been made or may
	// still be made: look before asking again.
	ErrUnknown = errors.New("the provider has not answered, the outcome is unknown")
	// ErrWrong: the provider's answer is not what was asked for.
	ErrWrong = errors.New("the provider's answer does not fit")
)

// Refused is a provider's no, in its own words.
type Refused struct{ Text string }

// Error says what the provider said.
func (r *Refused) Error() string { return "the provider refused: " + r.Text }

// Info is what a provider shows of itself.
type Info struct {
	Account string // UUID; the same for all links to one account
	Payer   bool   // pays invoices
	Payee   bool   // makes invoices
	Wad     Wad
}

// Payment is an incoming payment of an invoice that the consumer asked for.
type Payment struct {
	Bolt11   string
	Hash     string // payment hash, 64 hex digits
	Preimage string // whose SHA256 is the hash
	Msats    amount.Msat
}

// Consumer is an app: it sees the wallet of a provider, asks it for invoices
// and for payments. The fields are set before [Consumer.Run] and not changed
// after; the functions are called one at a time and must not block.
type Consumer struct {
	Link       Link
	OnInfo     func(Info)          // the wallet, at first and when it changes
	OnReceived func(Payment)       // an invoice of ours was paid; once for each
	OnPreimage func(text string)   // every preimage that is told, also of what was before Run
	OnEvent    func(Event)         // news of the link
	OnPong     func(time.Duration) // round trips
	Ping       time.Duration       // between pings, 30 s; negative is none
	Patience   time.Duration       // for an invoice, 15 s: old providers refuse by silence
	Log        *slog.Logger

	once     sync.Once
	requests chan *call
	over     chan struct{} // Run has ended

	mu    sync.Mutex
	info  *Info
	calls map[string]*call     // by the UUID of the request
	mine  *shelf[*Payment]     // invoices of ours, by hash; with a preimage if paid
	fresh chan struct{}        // closed and replaced when info changes
	pings map[string]time.Time // when they were sent; of the session alone
}

// maxMine is how many invoices a consumer remembers.
const maxMine = 4096

func (c *Consumer) init() {
	c.once.Do(func() {
		c.requests, c.over, c.fresh = make(chan *call), make(chan struct{}), make(chan struct{})
		c.calls, c.mine, c.pings = map[string]*call{}, newShelf[*Payment](maxMine), map[string]time.Time{}
	})
}

// Run keeps the link until ctx ends, and returns its error. It may be called
// once.
func (c *Consumer) Run(ctx context.Context) error {
	c.init()
	defer close(c.over)
	return newKeeper(c.Link, c.Log, c.OnEvent).run(ctx, c.serve)
}

// Info returns what the provider has shown last, and waits for it if it has
// shown nothing yet.
func (c *Consumer) Info(ctx context.Context) (Info, error) {
	c.init()
	for {
		c.mu.Lock()
		info, fresh := c.info, c.fresh
		c.mu.Unlock()
		if info != nil {
			return *info, nil
		}
		select {
		case <-fresh:
		case <-c.over:
			return Info{}, ErrNotSent
		case <-ctx.Done():
			return Info{}, fmt.Errorf("%w: %w", ErrNotSent, ctx.Err())
		}
	}
}

// Invoice asks for a BOLT 11 invoice of m millisatoshi, and checks that its
// amount is m. The description goes along in a field that old providers
// ignore. Errors wrap [ErrNotSent], [ErrUnknown], [ErrWrong] or are [*Refused].
func (c *Consumer) Invoice(ctx context.Context, m amount.Msat, description string) (string, error) {
	if m <= 0 || m > amount.Max {
		return "", fmt.Errorf("%w: no such amount", ErrNotSent)
	}
	ask := NewRequest(RequestInvoice)
	ask.Msats = m
	if description != "" {
		ask.Extra = map[string]rawJSON{"description": appendString(nil, description)}
	}
	patience := c.Patience
	if patience == 0 {
		patience = 15 * time.Second
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return c.ask(ctx, &call{ask: ask})
}

// Pay asks to pay a BOLT 11 invoice and returns the preimage, which is proved
// to be the invoice's. The answer may take minutes, if a person decides; it is
// waited for as long as ctx lasts, also over lost connections. Errors wrap
// [ErrNotSent] or [ErrUnknown] or are [*Refused]; only of ErrNotSent and
// Refused it is certain that nothing was paid, as far as the provider is honest.
func (c *Consumer) Pay(ctx context.Context, bolt11 string) (string, error) {
	i, err := ParseInvoice(bolt11)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	ask := NewRequest(RequestPay)
	ask.Bolt11 = bolt11
	return c.ask(ctx, &call{ask: ask, hash: i.Hash})
}

// call is a request that waits for its answer.
type call struct {
	ask  Message
	hash string // of a payment: what the preimage must hash to
	done chan answer
}

// answer is a bolt11 or a preimage.
type answer struct {
	text string
	err  error
}

func (c *Consumer) ask(ctx context.Context, k *call) (string, error) {
	c.init()
	k.done = make(chan answer, 1)
	select { // taken by a session that is ready
	case c.requests <- k:
	case <-c.over:
		return "", ErrNotSent
	case <-ctx.Done():
		return "", fmt.Errorf("%w: %w", ErrNotSent, ctx.Err())
	}
	defer func() {
		c.mu.Lock()
		delete(c.calls, canonical(k.ask.UUID))
		c.mu.Unlock()
	}()
	select {
	case a := <-k.done:
		return a.text, a.err
	case <-c.over:
		return "", ErrUnknown
	case <-ctx.Done():
		return "", fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
	}
}
