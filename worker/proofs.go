package worker

import (
	"context"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// proofs books, when a gateway starts, what the node has proved of payments that
// somebody had in hand. Who died with one does not let it go before two leases are
// over, and a proof is true whoever has it in hand. All else waits for the claim: what
// the node does not prove, its holder may be about to change.
func (p *Invoices) proofs(ctx context.Context) {
	all, err := paymentorder.InHand(ctx, p.DB.Read())
	if err != nil {
		p.Log.Warn("what was paid when a gateway ended waits for its lease", "err", err)
		return
	}
	for _, o := range all {
		if err := p.proof(ctx, &o); err != nil && ctx.Err() == nil && !fault.Is(err, fault.Conflict) { // conflict: its holder was faster
			p.Log.Warn("what became of a payment when a gateway ended waits for its lease", "order", o.ID, "err", err)
		}
	}
}

func (p *Invoices) proof(ctx context.Context, o *paymentorder.Order) error {
	h, err := lightning.ParseHash(o.Hash.String)
	if err != nil {
		return err
	}
	out, err := p.Node.Find(ctx, h)
	if err != nil || !o.Proves(out) {
		return err
	}
	return p.proved(ctx, o, out)
}
