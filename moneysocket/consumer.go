package moneysocket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// What a consumer's requests can end with.
var (
	// ErrNotSent: nothing was asked. What is wrapped beside it says why.
	ErrNotSent = errors.New("nothing was sent")
	// ErrUnknown: there is no answer. A payment may have been made or may
	// still be made: look before asking again.
	ErrUnknown = errors.New("the provider has not answered, the outcome is unknown")
	// ErrWrong: the provider's answer is not what was asked for.
	ErrWrong = errors.New("the provider's answer does not fit")
)

// errAlone is why nothing was sent: nobody had shown a wallet.
var errAlone = errors.New("no provider is there")

// alone is the fault of a request that found no provider as long as it waited.
func alone(why error) error {
	if why == nil {
		return fmt.Errorf("%w: %w", ErrNotSent, errAlone)
	}
	return fmt.Errorf("%w: %w: %w", ErrNotSent, errAlone, why)
}

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
	Msats    Msat
}

// Consumer is an app: it sees the wallet of a provider, asks it for invoices
// and for payments. The fields are set before [Consumer.Run] and not changed
// after; the functions are called one at a time and must not block.
type Consumer struct {
	Link       Link
	OnInfo     func(Info)          // the wallet, at first and when it changes
	OnReceived func(Payment)       // an invoice of ours was paid; once for each
	OnPreimage func(Proof)         // every preimage that is told, also of what was before Run
	OnInvoice  func(bolt11 string) // invoices that we did not ask for: of another session of the account
	OnError    func(Refused)       // a provider's no that answers nothing of ours that waits
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
			return Info{}, alone(nil)
		case <-ctx.Done():
			return Info{}, alone(ctx.Err())
		}
	}
}

// Invoice asks for a BOLT 11 invoice of m millisatoshi, and checks that its
// amount is m. The description goes along in a field that old providers
// ignore. Errors wrap [ErrNotSent], [ErrUnknown], [ErrWrong] or are [*Refused].
func (c *Consumer) Invoice(ctx context.Context, m Msat, description string) (string, error) {
	if m <= 0 || m > MaxMsat {
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
	got, err := c.ask(ctx, &call{ask: ask})
	return got.Bolt11, err
}
