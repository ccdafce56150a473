package moneysocket

import (
	"context"
	"fmt"
)

// Pay asks to pay a BOLT 11 invoice and returns the preimage, which is proved
// to be the invoice's. The answer may take minutes, if a person decides; it is
// waited for as long as ctx lasts, also over lost connections. Errors wrap
// [ErrNotSent] or [ErrUnknown] or are [*Refused]; only of ErrNotSent and
// Refused it is certain that nothing was paid, as far as the provider is honest.
func (c *Consumer) Pay(ctx context.Context, bolt11 string) (string, error) {
	p, err := c.Prove(ctx, bolt11)
	return p.Preimage, err
}

// Prove is Pay with all that came with the preimage, as the fee.
func (c *Consumer) Prove(ctx context.Context, bolt11 string) (Proof, error) {
	i, err := ParseInvoice(bolt11)
	if err != nil {
		return Proof{}, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	ask := NewRequest(RequestPay)
	ask.Bolt11 = bolt11
	got, err := c.ask(ctx, &call{ask: ask, hash: i.Hash})
	return got.Proof, err
}

// Watch has OnReceived hear of an invoice that another session asked for, as an
// earlier run of the program. It is ours from then on. An error says that the
// text is no invoice.
func (c *Consumer) Watch(bolt11 string) error {
	i, err := ParseInvoice(bolt11)
	if err != nil {
		return err
	}
	c.init()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mine.put(i.Hash, &Payment{Bolt11: bolt11, Hash: i.Hash, Msats: i.Amount})
	return nil
}

// call is a request that waits for its answer.
type call struct {
	ask  Message
	hash string // of a payment: what the preimage must hash to
	done chan answer
}

// answer is a bolt11 or a preimage.
type answer struct {
	Bolt11 string
	Proof
	err error
}

func (c *Consumer) ask(ctx context.Context, k *call) (answer, error) {
	c.init()
	k.done = make(chan answer, 1)
	select { // taken by a session that is ready
	case c.requests <- k:
	case <-c.over:
		return answer{}, alone(nil)
	case <-ctx.Done():
		return answer{}, alone(ctx.Err())
	}
	defer func() {
		c.mu.Lock()
		delete(c.calls, canonical(k.ask.UUID))
		c.mu.Unlock()
	}()
	select {
	case a := <-k.done:
		return a, a.err
	case <-c.over:
		return answer{}, ErrUnknown
	case <-ctx.Done():
		return answer{}, fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
	}
}
