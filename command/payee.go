package command

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
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
func (d *Desk) Payee(ctx context.Context, name string) (Payee, error) {
	u, err := d.payee(ctx, name)
	if err != nil {
		return Payee{}, err
	}
	return Payee{Name: u.Name, JID: u.Name + "@" + d.House.Domain, Min: amount.Sat, Max: d.House.Limits.Balance, Note: noteLength}, nil
}

func (d *Desk) payee(ctx context.Context, name string) (*useraccount.User, error) {
	if d.Lightning.Node == nil {
		return nil, useraccount.ErrUnknown
	}
	return useraccount.ByName(ctx, d.DB.Read(), name)
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
func (d *Desk) InvoiceFor(ctx context.Context, ask StrangerInvoice) (*invoice.Invoice, error) {
	u, err := d.payee(ctx, ask.Name)
	if err != nil {
		return nil, err
	}
	if ask.Amount < amount.Sat || ask.Amount > d.House.Limits.Balance {
		return nil, errInvoiceLimit.With(fault.Args{"limit": int64(d.House.Limits.Balance)})
	}
	if d.House.Limits.Full(u.Has.Balance) {
		return nil, errPayeeLimit.With(fault.Args{"who": u.Name})
	}
	in, err := d.newInvoice(ctx, u, d.Clock().Unix(), invoiceAsk{Amount: ask.Amount, Sender: clip(ask.Note, noteLength),
		DescriptionHash: ask.DescriptionHash[:], Door: ask.Door})
	if fault.Is(err, fault.NotAllowed) {
		return nil, errPayeeLimit.With(fault.Args{"who": u.Name})
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := d.within(ctx)
	defer cancel()
	err = d.DB.Tx(ctx, func(tx *db.Tx) error {
		// Strangers ask at the same time: who was counted above may have been joined by
		// others, and the user may have left.
		is, err := useraccount.Lock(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if !is.Active {
			return useraccount.ErrUnknown
		}
		return d.addInvoice(ctx, tx, *in)
	})
	if fault.Is(err, fault.NotAllowed) {
		return nil, errPayeeLimit.With(fault.Args{"who": u.Name})
	}
	if fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil {
		return nil, errNotDone.Because(err)
	}
	return in, nil
}
