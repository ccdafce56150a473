package lightning

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/answer"
)

// Received asks /v1/invoices, whose pages hold invoices in every state.
func (n *lndNode) Received(ctx context.Context, from uint64, limit int) ([]Receipt, uint64, error) {
	var page struct {
		Invoices []json.RawMessage
		Last     uint64 `json:"last_index_offset,string"`
	}
	path := fmt.Sprintf("/v1/invoices?index_offset=%d&num_max_invoices=%d", from, max(limit, 1))
	if err := n.read(ctx, path, &page); err != nil {
		return nil, from, err
	}
	var receipts []Receipt
	for _, m := range page.Invoices {
		r, ok, err := receiptOf(m)
		if err != nil {
			return nil, from, err
		}
		if ok {
			receipts = append(receipts, r)
		}
	}
	return receipts, max(from, page.Last), nil
}

// receiptOf reads an invoice of LND; false if it was not paid.
func receiptOf(text []byte) (Receipt, bool, error) {
	var in lndInvoice
	if err := answer.Decode(text, &in); err != nil {
		return Receipt{}, false, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if in.State != "SETTLED" {
		return Receipt{}, false, nil
	}
	if len(in.Hash) != 32 || !sane(in.Paid) {
		return Receipt{}, false, fmt.Errorf("%w: invoice %x with %d msat", ErrNoProof, in.Hash, in.Paid)
	}
	r := Receipt{
		Hash: Hash(in.Hash), Amount: amount.Msat(in.Paid), Settled: time.Unix(in.SettledAt, 0).UTC(),
		SettleIndex: in.SettleIndex, Keysend: in.Keysend || in.AMP,
	}
	if len(in.Preimage) == 32 {
		r.Preimage = Preimage(in.Preimage)
	}
	return r, true, nil
}

// Paid asks /v1/payments. A payment that LND calls paid without a proof is
// listed as InFlight; Find says ErrNoProof of it.
func (n *lndNode) Paid(ctx context.Context, from uint64, limit int) ([]Outcome, uint64, error) {
	var page struct {
		Payments []lndPayment
		Last     uint64 `json:"last_index_offset,string"`
	}
	path := fmt.Sprintf("/v1/payments?include_incomplete=true&index_offset=%d&max_payments=%d", from, max(limit, 1))
	if err := n.read(ctx, path, &page); err != nil {
		return nil, from, err
	}
	own, err := n.ours(ctx)
	if err != nil {
		return nil, from, err
	}
	outcomes := make([]Outcome, 0, len(page.Payments))
	for _, p := range page.Payments {
		o, err := p.outcome()
		o.Self = own != "" && p.to(own)
		if err != nil {
			if o = (Outcome{State: InFlight, Self: o.Self}); !bytes32(p.Hash, o.Hash[:]) {
				return nil, from, err
			}
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, max(from, page.Last), nil
}
