package command

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
)

// silentAfter is how long a node may think before those who come next are told that it
// is away.
const silentAfter = 5 * time.Second

// silence lets few people wait for a node that does not answer. While it is silent one
// asks it, and the others are told at once that it is away; an answer ends that. A
// desk only asks a node what may be asked again, so nothing is in doubt.
type silence struct {
	after time.Duration

	mu     sync.Mutex
	silent bool
	asked  bool // somebody asks whether it still is
}

// hear asks the node, unless it is silent and somebody else asks already: then the
// error is away, which is also what a node that cannot be reached says.
func hear[T any](ctx context.Context, s *silence, away error, call func() (T, error)) (v T, err error) {
	s.mu.Lock()
	first := s.silent
	if first && s.asked {
		s.mu.Unlock()
		return v, away
	}
	s.asked = s.asked || first
	s.mu.Unlock()

	done := false
	slow := time.AfterFunc(s.after, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.silent = s.silent || !done
	})
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		slow.Stop()
		done = true
		if first {
			s.asked = false
		}
		if ctx.Err() == nil { // else who asked did not wait for the answer
			s.silent = errors.Is(err, away)
		}
	}()
	return call()
}

// NotSilent is a node of the chain as a desk asks it: while it does not answer, all but
// one are told at once that it is away (chain.ErrUnreachable), and nothing is asked.
func NotSilent(n ChainNode) ChainNode { return &heardChain{n, silence{after: silentAfter}} }

// heardChain does not embed the node: nothing that a desk asks goes round it unseen.
type heardChain struct {
	node ChainNode
	s    silence
}

func (h *heardChain) Info(ctx context.Context) (chain.Info, error) {
	return hear(ctx, &h.s, chain.ErrUnreachable, func() (chain.Info, error) { return h.node.Info(ctx) })
}

func (h *heardChain) Address(ctx context.Context, label string) (string, error) {
	return hear(ctx, &h.s, chain.ErrUnreachable, func() (string, error) { return h.node.Address(ctx, label) })
}

func (h *heardChain) Quote(ctx context.Context, outs []chain.Output, rate chain.FeeRate) (amount.Msat, error) {
	return hear(ctx, &h.s, chain.ErrUnreachable, func() (amount.Msat, error) { return h.node.Quote(ctx, outs, rate) })
}

func (h *heardChain) FeeRate(ctx context.Context, target int) (chain.FeeRate, error) {
	return hear(ctx, &h.s, chain.ErrUnreachable, func() (chain.FeeRate, error) { return h.node.FeeRate(ctx, target) })
}

// NotSilentLightning is the same of a Lightning node (lightning.ErrUnreachable).
func NotSilentLightning(n LightningNode) LightningNode {
	return &heardLightning{n, silence{after: silentAfter}}
}

type heardLightning struct {
	node LightningNode
	s    silence
}

func (h *heardLightning) Decode(ctx context.Context, text string) (lightning.Invoice, error) {
	return hear(ctx, &h.s, lightning.ErrUnreachable, func() (lightning.Invoice, error) { return h.node.Decode(ctx, text) })
}

func (h *heardLightning) Invoice(ctx context.Context, i lightning.Ask) (lightning.Invoice, error) {
	return hear(ctx, &h.s, lightning.ErrUnreachable, func() (lightning.Invoice, error) { return h.node.Invoice(ctx, i) })
}

// Cancel is asked always: until the node has taken an invoice back it can be paid.
func (h *heardLightning) Cancel(ctx context.Context, hash lightning.Hash) error {
	return h.node.Cancel(ctx, hash)
}
