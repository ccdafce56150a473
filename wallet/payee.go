package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Payee is a user as strangers may pay him.
type Payee struct {
	Name     string
	JID      string // of the contact at the gateway
	Min, Max amount.Msat
	Note     int // characters of a note that he reads
}

// noteLength is how much a stranger may write to a user.
const noteLength = 200

// Payee finds who is paid by a name; a NotFound fault if there is nobody.
// Strangers read it, so nothing in it depends on what the user has or does.
func (s *Service) Payee(ctx context.Context, name string) (Payee, error) {
	u, err := s.payee(ctx, name)
	if err != nil {
		return Payee{}, err
	}
	return Payee{Name: u.Name, JID: u.Name + "@" + s.Policy.Domain, Min: amount.Sat, Max: s.Policy.Limits.Balance, Note: noteLength}, nil
}

func (s *Service) payee(ctx context.Context, name string) (*useraccount.User, error) {
	if s.Lightning.Node == nil {
		return nil, useraccount.ErrUnknown
	}
	return useraccount.ByName(ctx, s.DB.Read(), name)
}

// StrangerInvoice is what a stranger asks for to pay a user.
type StrangerInvoice struct {
	Name            string
	Amount          amount.Msat
	DescriptionHash [32]byte
	Note            string // what the user will read
	Door            string // who lets the stranger in: "web"
}

// InvoiceFor makes an invoice by which a stranger pays a user. It is written
// down before it is given out. Whether there is room is asked without the
// amount, as between neighbours (paymentorder.Limits.Full).
func (s *Service) InvoiceFor(ctx context.Context, ask StrangerInvoice) (*invoice.Invoice, error) {
	u, err := s.payee(ctx, ask.Name)
	if err != nil {
		return nil, err
	}
	if ask.Amount < amount.Sat || ask.Amount > s.Policy.Limits.Balance {
		return nil, ErrInvoiceLimit.With(fault.Args{"limit": int64(s.Policy.Limits.Balance)})
	}
	if s.Policy.Limits.Full(u.Has.Balance) {
		return nil, ErrPayeeLimit.With(fault.Args{"who": u.Name})
	}
	in, err := s.newInvoice(ctx, u, s.Clock().Unix(), invoiceAsk{Amount: ask.Amount, Sender: i18n.Clip(ask.Note, noteLength),
		DescriptionHash: ask.DescriptionHash[:], Door: ask.Door})
	if fault.Is(err, fault.NotAllowed) {
		return nil, ErrPayeeLimit.With(fault.Args{"who": u.Name})
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.within(ctx)
	defer cancel()
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		// Strangers ask at the same time: who was counted above may have been joined by
		// others, and the user may have left.
		is, err := useraccount.Lock(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if !is.Active {
			return useraccount.ErrUnknown
		}
		return s.addInvoice(ctx, tx, *in)
	})
	if fault.Is(err, fault.NotAllowed) {
		return nil, ErrPayeeLimit.With(fault.Args{"who": u.Name})
	}
	if fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil {
		return nil, ErrNotDone.Because(err)
	}
	return in, nil
}
