package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Proofs is a step that books what the node has proved of payments that somebody has
// in hand. Who died with one does not let it go before two leases are over, and a proof
// is true whoever has it in hand. All else waits for the claim: what the node does not
// prove, its holder may be about to change.
func (p *Invoices) Proofs(ctx context.Context) (bool, error) {
	all, err := paymentorder.InHand(ctx, p.DB.Read())
	if err != nil || len(all) == 0 {
		return false, cmp.Or(err, ErrIdle)
	}
	var errs []error
	for _, o := range all {
		if err := p.proof(ctx, &o); err != nil && !fault.Is(err, fault.Conflict) { // conflict: its holder was faster
			errs = append(errs, fmt.Errorf("order %d: %w", o.ID, err))
		}
	}
	return false, errors.Join(errs...)
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
