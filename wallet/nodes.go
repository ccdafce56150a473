package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
)

// ChainNode is what a desk asks of the node of the chain; chain.Node says how each is
// answered. It is a list of its own so that whoever has a desk ask more must say what
// happens while the node is silent (Breaker).
type ChainNode interface {
	Info(ctx context.Context) (chain.Info, error)
	Address(ctx context.Context, label string) (string, error)
	Keys(ctx context.Context) ([]string, error)
	Quote(ctx context.Context, outs []chain.Output, rate chain.FeeRate) (amount.Msat, error)
	FeeRate(ctx context.Context, target int) (chain.FeeRate, error)
}

// LightningNode is the same of a Lightning node (lightning.Node, LightningBreaker).
type LightningNode interface {
	Info(ctx context.Context) (lightning.Info, error)
	Decode(ctx context.Context, text string) (lightning.Invoice, error)
	Invoice(ctx context.Context, i lightning.Ask) (lightning.Invoice, error)
	Cancel(ctx context.Context, h lightning.Hash) error
}
