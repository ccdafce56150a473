package wallet

import (
	"context"
	"crypto/rand"
	"time"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/jmoiron/sqlx"
)

// invoiceAsk is an invoice that a user, or somebody for a user, asks for.
type invoiceAsk struct {
	Amount          amount.Msat // 0: the payer chooses
	Memo            string
	Lasts           time.Duration // if that is less than usual; 0: as usual
	Sender          string        // words of a payer who is not ours
	DescriptionHash []byte
	Door            string
}

// described is as much of a memo as an invoice can say: 639 bytes (BOLT 11).
func described(memo string) string {
	for len(memo) > 639 {
		_, size := utf8.DecodeLastRuneInString(memo)
		memo = memo[:len(memo)-size]
	}
	return memo
}

// addInvoice writes an invoice down, in a transaction in which its user is locked:
// others may have been made since they were counted.
func (s *Service) addInvoice(ctx context.Context, tx *db.Tx, in invoice.Invoice) error {
	if err := s.mayWait(ctx, tx, in.User, in.Door, in.Created); err != nil {
		return err
	}
	return invoice.Add(ctx, tx, in)
}

// mayWait is the fault of a user who has as many invoices from one door that can
// be paid as one may have.
func (s *Service) mayWait(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID, door string, now int64) error {
	open, err := invoice.Waiting(ctx, q, user, door, now)
	if err == nil && open >= s.Lightning.Open {
		err = ErrOpenInvoices.With(fault.Args{"n": int64(open)})
	}
	return err
}

// newInvoice has the node make an invoice. The caller writes it down before it
// is given to anybody: one that was not is nobody's, and is never paid.
func (s *Service) newInvoice(ctx context.Context, u *useraccount.User, now int64, ask invoiceAsk) (*invoice.Invoice, error) {
	if err := s.mayWait(ctx, s.DB.Read(), u.ID, ask.Door, now); err != nil { // the node need not make one
		return nil, err
	}
	if most := s.Policy.Limits.Balance; ask.Amount > most {
		return nil, ErrInvoiceLimit.With(fault.Args{"limit": int64(most)})
	}
	lasts := s.Lightning.Expiry
	if ask.Lasts > 0 {
		lasts = min(lasts, ask.Lasts)
	}
	var p lightning.Preimage
	if _, err := rand.Read(p[:]); err != nil {
		return nil, err
	}
	made, err := s.Lightning.Node.Invoice(ctx, lightning.Ask{Preimage: p, Amount: ask.Amount, Description: described(ask.Memo),
		DescriptionHash: ask.DescriptionHash, Expiry: lasts})
	if err != nil {
		return nil, LightningFault(err)
	}
	if err := s.ownNode(ctx); err != nil {
		return nil, err
	}
	in := &invoice.Invoice{Hash: made.Hash.String(), User: u.ID, Text: made.Text, Amount: ask.Amount, Memo: ask.Memo, Sender: ask.Sender,
		Door: ask.Door, Created: now, Expires: made.Expires.Unix()}
	if made.Hash == p.Hash() {
		in.Preimage = p.Hex()
	}
	return in, nil
}
