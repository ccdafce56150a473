package lightning

import (
	"context"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// Invoice asks the provider for one. It chooses the preimage and the expiry,
// and may ignore the description: the answer says what the invoice says.
// ErrRefused without asking is for an open amount and for the hash of a
// description, which the protocol cannot ask for.
func (n *socketNode) Invoice(ctx context.Context, ask Ask) (Invoice, error) {
	if ask.Amount <= 0 || ask.Amount > amount.Max || ask.DescriptionHash != nil {
		return Invoice{}, fmt.Errorf("%w: Moneysocket makes invoices of a fixed amount, without the hash of a description", ErrRefused)
	}
	shown, err := n.shown(ctx)
	switch {
	case err != nil:
		return Invoice{}, err
	case !shown.Payee:
		return Invoice{}, fmt.Errorf("%w: the provider makes no invoices for this account", ErrRefused)
	}
	text, err := n.app.Invoice(ctx, moneysocket.Msat(ask.Amount), ask.Description)
	if err != nil {
		return Invoice{}, socketFault(err)
	}
	inv, err := decoded(n.network, text)
	switch {
	case err != nil:
		return Invoice{}, err
	case inv.Amount != ask.Amount:
		return Invoice{}, fmt.Errorf("%w: it is for %d msat instead of %d", ErrBadInvoice, inv.Amount, ask.Amount)
	case n.pubKey != "" && inv.Payee != n.pubKey:
		return Invoice{}, fmt.Errorf("%w: %s instead of %s", ErrWrongNode, inv.Payee, n.pubKey)
	case !time.Now().Before(inv.Expires):
		return Invoice{}, fmt.Errorf("%w: it expired at %v", ErrBadInvoice, inv.Expires)
	}
	inv.Ours = true
	return inv, n.write(inv)
}

// write puts an invoice of ours into the journal, before anybody is given it.
// One hash is one invoice.
func (n *socketNode) write(inv Invoice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.books.made[inv.Hash] != nil || n.books.sent[inv.Hash] != nil {
		return fmt.Errorf("%w: the hash %s was used before", ErrBadInvoice, inv.Hash)
	}
	err := n.file.note(n.books, note{What: noteInvoice, Hash: inv.Hash.String(), Bolt11: inv.Text, Msat: inv.Amount, Expires: inv.Expires.Unix()})
	if err != nil {
		return fmt.Errorf("%w: journal: %w", ErrUnreachable, err)
	}
	if p, ok := n.strays[inv.Hash]; ok {
		delete(n.strays, inv.Hash)
		n.came = append(n.came, proof{Preimage: p})
		n.ring()
	}
	return nil
}

// Cancel cannot: an invoice of the provider may be paid until it expires.
func (n *socketNode) Cancel(_ context.Context, h Hash) error {
	var own made
	err := n.look(func(b *books) {
		if m := b.made[h]; m != nil {
			own = *m
		}
	})
	switch {
	case err != nil:
		return err
	case own.amount == 0:
		return ErrNoInvoice
	case own.paid:
		return ErrSettled
	}
	return ErrNoCancel
}

// told hears every preimage, those of payments and those of receipts.
func (n *socketNode) told(said moneysocket.Proof) {
	var p proof
	if !bytes32(said.Preimage, p.Preimage[:]) {
		return
	}
	fee, _ := said.Fee()
	p.fee = amount.Msat(fee)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.came, n.fresh = append(n.came, p), false
	n.ring()
}

func (n *socketNode) ring() {
	select {
	case n.bell <- struct{}{}:
	default:
	}
}

// keep writes down what was told, and tries again when the disk is full. At
// the end it takes what was told last.
func (n *socketNode) keep() {
	again := time.NewTimer(time.Hour)
	defer again.Stop()
	for {
		select {
		case <-n.bell:
		case <-again.C:
		case <-n.quiet:
			n.take()
			return
		}
		if !n.take() {
			again.Reset(time.Second)
		}
	}
}

// take writes down what was told, as far as the disk lets it.
func (n *socketNode) take() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for len(n.came) > 0 {
		if err := n.prove(n.came[0]); err != nil {
			n.log.Error("a preimage waits to be written down", "hash", n.came[0].Hash().String(), "err", err)
			return false
		}
		n.came = n.came[1:]
	}
	n.settle()
	return true
}

// prove books a preimage by what it fits, once.
func (n *socketNode) prove(p proof) error {
	h := p.Hash()
	own, paid := n.books.made[h], n.books.sent[h]
	fits, ok := n.books.fit(p, n.floor)
	switch {
	case ok:
	case own == nil && paid == nil:
		if len(n.strays) >= maxStrays {
			clear(n.strays)
		}
		n.strays[h] = p.Preimage
		return nil
	default:
		return nil // told again
	}
	if paid != nil && paid.State != InFlight {
		n.log.Error("a payment was made that the provider had refused", "hash", h.String())
	}
	if err := n.file.note(n.books, fits); err != nil {
		return err
	}
	n.news()
	return nil
}
