package lightning

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// silence is how long after the end of an invoice nothing more is expected to
// be told by itself of a payment for it. It may have been made all the same:
// the answer may have come while we were not connected.
const silence = 24 * time.Hour

// Decode reads an invoice without a node. ErrRefused is for those that leave
// the amount open, which the protocol cannot pay.
func (n *socketNode) Decode(_ context.Context, text string) (Invoice, error) {
	inv, err := decoded(n.network, text)
	if err != nil {
		return Invoice{}, err
	}
	if inv.Amount == 0 {
		return Invoice{}, fmt.Errorf("%w: an invoice without an amount cannot be paid over Moneysocket", ErrRefused)
	}
	err = n.look(func(b *books) { inv.Ours = b.owns(inv) })
	return inv, err
}

// look reads the books, and those of another process anew.
func (n *socketNode) look(at func(*books)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file.view {
		b, err := n.file.read()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
		n.books = b
	}
	at(n.books)
	return nil
}

// Find reads the journal. ErrNoProof is of a payment that was asked for and
// never answered, long after its invoice has expired: somebody has to ask the
// provider, who cannot be asked by a program.
func (n *socketNode) Find(_ context.Context, h Hash) (Outcome, error) {
	p, _, err := n.payment(h)
	if err != nil {
		return Outcome{}, err
	}
	return p.word()
}

// payment is what the journal says of a payment, and what is closed when it
// says more.
func (n *socketNode) payment(h Hash) (p sent, changed chan struct{}, err error) {
	err = n.look(func(b *books) { p, changed = b.find(h), n.changed })
	return p, changed, err
}

// word is what is known of a payment, now.
func (p sent) word() (Outcome, error) {
	expired := time.Unix(p.expires, 0)
	if p.State == InFlight && time.Since(expired) > silence {
		return Outcome{}, fmt.Errorf("%w: the provider was asked to pay %s at %v and has not told what became of it; the invoice expired at %v",
			ErrNoProof, p.Hash, time.Unix(p.begun, 0).UTC(), expired.UTC())
	}
	return p.Outcome, nil
}

// Pay sends one REQUEST_PAY for a hash, ever, unless the provider refused the
// one before: it might pay each. Neither fee nor blocks can be limited. A fee
// that the provider tells is the payment's as far as p allows it; what is above
// that, and what is not told, is the account's.
func (n *socketNode) Pay(ctx context.Context, p Payment) (Outcome, error) {
	inv, err := n.Decode(ctx, p.Invoice)
	switch {
	case errors.Is(err, ErrUnreachable):
		return Outcome{}, err
	case err != nil:
		return Outcome{}, fmt.Errorf("%w: %w", ErrRefused, err)
	case inv.Hash != p.Hash:
		return Outcome{}, fmt.Errorf("%w: %w: it is for %s and not for %s", ErrRefused, ErrBadInvoice, inv.Hash, p.Hash)
	case p.Amount != 0 || !sane(int64(p.FeeLimit)) || p.MaxCLTV <= 0 || p.MaxCLTV > math.MaxInt32:
		return Outcome{}, fmt.Errorf("%w: amount %d, fee limit %d, blocks %d", ErrRefused, p.Amount, p.FeeLimit, p.MaxCLTV)
	}
	var was sent
	var birth int64
	var own bool
	if err := n.look(func(b *books) { was, birth, own = b.find(inv.Hash), b.birth, b.made[inv.Hash] != nil }); err != nil {
		return Outcome{}, err
	}
	switch {
	case was.State == InFlight:
		return n.follow(ctx, inv.Hash)
	case was.State == Succeeded:
		return was.Outcome, nil
	case own:
		return Outcome{}, fmt.Errorf("%w: the invoice is our own", ErrRefused)
	case was.State == Failed && !time.Now().Before(inv.Expires):
		return was.Outcome, fmt.Errorf("%w: a payment failed, and the invoice expired at %v", ErrRefused, inv.Expires)
	case was.State == NotFound && inv.Created.Unix() < birth:
		return Outcome{}, fmt.Errorf("%w: the invoice for %s is older than the journal, which cannot tell whether it was paid before", ErrNoProof, inv.Hash)
	case !time.Now().Before(inv.Expires):
		return Outcome{}, fmt.Errorf("%w: the invoice expired at %v", ErrRefused, inv.Expires)
	}
	shown, err := n.shown(ctx)
	switch {
	case err != nil:
		return Outcome{}, err
	case !shown.Payer:
		return Outcome{}, fmt.Errorf("%w: the provider does not pay from this account", ErrRefused)
	}
	if err := n.begin(inv, p.FeeLimit); err != nil {
		return Outcome{}, err
	}
	return n.follow(ctx, inv.Hash)
}

// begin writes down that a payment is asked for, and asks, if nobody else has.
// The answer is waited for until Close.
func (n *socketNode) begin(inv Invoice, limit amount.Msat) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.books.find(inv.Hash); p.State == InFlight || p.State == Succeeded {
		return nil
	}
	if n.life.Err() != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, errClosed)
	}
	err := n.file.note(n.books, note{What: noteBegun, Hash: inv.Hash.String(), Msat: inv.Amount, Limit: limit, Expires: inv.Expires.Unix()})
	if err != nil {
		return fmt.Errorf("%w: journal: %w", ErrUnreachable, err)
	}
	n.work.Go(func() {
		_, err := n.app.Pay(n.life, inv.Text)
		n.answered(inv.Hash, err)
	})
	return nil
}

// answered takes the end of a request. A preimage is not heard here but in
// told, which hears all of them.
func (n *socketNode) answered(h Hash, err error) {
	var no *moneysocket.Refused
	end := note{Hash: h.String()}
	switch {
	case errors.As(err, &no):
		end.What, end.Reason, end.Said = noteFailed, Other, clipped(no.Text)
		var sure bool
		if end.Reason, sure = reasonOf(no.Text); !sure {
			end.What = noteUnsure
		}
	case errors.Is(err, moneysocket.ErrNotSent):
		end.What = noteUnsent
	default:
		return // paid, or not answered
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.books.find(h).State != InFlight {
		return // proved meanwhile
	}
	if err := n.file.note(n.books, end); err != nil {
		n.log.Error("the end of a payment could not be written down; it stays unknown", "hash", h.String(), "end", end.What, "err", err)
		return
	}
	n.log.Info("the Moneysocket provider did not pay", "hash", h.String(), "end", end.What, "said", end.Said)
	n.news()
}

// follow waits for the end of a payment. At the end of the context it is in
// flight, and that is no error.
func (n *socketNode) follow(ctx context.Context, h Hash) (Outcome, error) {
	for {
		p, changed, err := n.payment(h)
		if err != nil {
			return Outcome{}, err
		}
		o, err := p.word()
		switch {
		case err == nil && o.State == NotFound:
			return Outcome{}, fmt.Errorf("%w: the request was not sent", ErrUnreachable)
		case err != nil || o.State != InFlight:
			return o, err
		}
		select {
		case <-changed:
		case <-n.life.Done():
			return o, nil
		case <-ctx.Done():
			return o, nil
		}
	}
}
