package wallet

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
)

// openAfter is how long a node may think before those who come next are told that it
// is away.
const openAfter = 5 * time.Second

// giveUp is how long whoever asks waits for a node. Their next words wait behind these.
const giveUp = 15 * time.Second

// breaker is a circuit breaker, so that few people wait for a node that does not answer.
// While it is open one asks the node, and the others are told at once that it is away; an
// answer closes it. A desk only asks a node what may be asked again, so nothing is in doubt.
type breaker struct {
	after, giveUp time.Duration

	mu     sync.Mutex
	open   bool
	trying bool // somebody asks whether the node answers again
}

// through asks the node, unless the breaker is open and somebody else tries already: then
// the error is away, which is also what a node that cannot be reached says.
func through[T any](ctx context.Context, b *breaker, away error, call func(ctx context.Context) (T, error)) (v T, err error) {
	b.mu.Lock()
	first := b.open
	if first && b.trying {
		b.mu.Unlock()
		return v, away
	}
	b.trying = b.trying || first
	b.mu.Unlock()

	done := false
	slow := time.AfterFunc(b.after, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open = b.open || !done
	})
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		slow.Stop()
		done = true
		if first {
			b.trying = false
		}
		if ctx.Err() == nil { // else who asked did not wait for the answer
			b.open = errors.Is(err, away) || errors.Is(err, context.DeadlineExceeded)
		}
	}()
	bound, cancel := context.WithTimeout(ctx, b.giveUp)
	defer cancel()
	return call(bound)
}

// Breaker is a node of the chain as a desk asks it: while it does not answer, all but
// one are told at once that it is away (chain.ErrUnreachable), and nothing is asked.
func Breaker(n ChainNode) ChainNode {
	return &chainBreaker{n, breaker{after: openAfter, giveUp: giveUp}}
}

// chainBreaker does not embed the node: nothing that a desk asks goes round it unseen.
type chainBreaker struct {
	node ChainNode
	breaker
}

func (b *chainBreaker) Info(ctx context.Context) (chain.Info, error) {
	return through(ctx, &b.breaker, chain.ErrUnreachable, func(ctx context.Context) (chain.Info, error) { return b.node.Info(ctx) })
}

func (b *chainBreaker) Address(ctx context.Context, label string) (string, error) {
	return through(ctx, &b.breaker, chain.ErrUnreachable, func(ctx context.Context) (string, error) { return b.node.Address(ctx, label) })
}

func (b *chainBreaker) Keys(ctx context.Context) ([]string, error) {
	return through(ctx, &b.breaker, chain.ErrUnreachable, func(ctx context.Context) ([]string, error) { return b.node.Keys(ctx) })
}

func (b *chainBreaker) Quote(ctx context.Context, outs []chain.Output, rate chain.FeeRate) (amount.Msat, error) {
	return through(ctx, &b.breaker, chain.ErrUnreachable, func(ctx context.Context) (amount.Msat, error) { return b.node.Quote(ctx, outs, rate) })
}

func (b *chainBreaker) FeeRate(ctx context.Context, target int) (chain.FeeRate, error) {
	return through(ctx, &b.breaker, chain.ErrUnreachable, func(ctx context.Context) (chain.FeeRate, error) { return b.node.FeeRate(ctx, target) })
}

// LightningBreaker is the same of a Lightning node (lightning.ErrUnreachable).
func LightningBreaker(n LightningNode) LightningNode {
	return &lightningBreaker{n, breaker{after: openAfter, giveUp: giveUp}}
}

type lightningBreaker struct {
	node LightningNode
	breaker
}

func (b *lightningBreaker) Info(ctx context.Context) (lightning.Info, error) {
	return through(ctx, &b.breaker, lightning.ErrUnreachable, func(ctx context.Context) (lightning.Info, error) { return b.node.Info(ctx) })
}

func (b *lightningBreaker) Decode(ctx context.Context, text string) (lightning.Invoice, error) {
	return through(ctx, &b.breaker, lightning.ErrUnreachable, func(ctx context.Context) (lightning.Invoice, error) { return b.node.Decode(ctx, text) })
}

func (b *lightningBreaker) Invoice(ctx context.Context, i lightning.Ask) (lightning.Invoice, error) {
	return through(ctx, &b.breaker, lightning.ErrUnreachable, func(ctx context.Context) (lightning.Invoice, error) { return b.node.Invoice(ctx, i) })
}

// Cancel is asked always: until the node has taken an invoice back it can be paid.
func (b *lightningBreaker) Cancel(ctx context.Context, hash lightning.Hash) error {
	return b.node.Cancel(ctx, hash)
}
