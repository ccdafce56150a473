package wallet

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/invoice"
)

// AppInvoice makes an invoice that pays the user. The same key again gets the
// same invoice. A refusal is an answer; an error says that nothing is known.
func (s *Service) AppInvoice(ctx context.Context, id app.ID, key string, m amount.Msat, memo string) (AppAnswer, error) {
	k, err := s.asking(ctx, id, key)
	if fault.Is(err, fault.NotFound) {
		return nobodys(id, key, err), nil
	}
	if err != nil {
		return AppAnswer{}, err
	}
	a, err := k.invoice(ctx, m, i18n.Clip(memo, MemoLength))
	return k.answered(ctx, a, err)
}

func (k *appCall) invoice(ctx context.Context, m amount.Msat, memo string) (AppAnswer, error) {
	before, err := k.app.Find(ctx, k.DB.Read(), k.key)
	if err != nil || before != nil {
		return k.made(ctx, before, m, err)
	}
	switch {
	case k.Lightning.Node == nil:
		return AppAnswer{}, ErrNoLightning
	case m <= 0:
		return AppAnswer{}, amount.ErrAmount.New(fault.Invalid, "amount.zero", nil)
	case !k.by.User.Active:
		return AppAnswer{}, app.ErrOver.With(fault.Args{"app": k.app.Name})
	}
	if err := k.app.May(k.by.Now); err != nil {
		return AppAnswer{}, err
	}
	if memo == "" {
		memo = k.app.Name
	}
	in, err := k.newInvoice(ctx, k.by.User, k.by.Now, invoiceAsk{Amount: m, Memo: memo, Door: fmt.Sprintf("app:%d", k.app.ID)})
	if err != nil {
		return AppAnswer{}, err
	}
	var r *app.Request
	err = k.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := app.Lock(ctx, tx, k.app.ID)
		if err != nil {
			return err
		}
		u, err := k.by.Locked(ctx, tx)
		if err != nil {
			return err
		}
		if r, err = a.Find(ctx, tx, k.key); r != nil || err != nil { // the same request came twice at once; ours is an invoice too many, and nobody's
			return err
		}
		if err := a.May(u.Now); err != nil {
			return err
		}
		r = &app.Request{App: a.ID, Key: k.key, Hash: in.Hash, Created: u.Now}
		if _, err := r.Add(ctx, tx); err != nil {
			return err
		}
		return k.addInvoice(ctx, tx, *in)
	})
	return k.made(ctx, r, m, err)
}

// made gives the invoice of a request.
func (k *appCall) made(ctx context.Context, r *app.Request, m amount.Msat, err error) (AppAnswer, error) {
	switch {
	case err != nil:
		return AppAnswer{}, err
	case r.Refused != "":
		return AppAnswer{Refused: refusal(r.Refused)}, nil
	case r.Order.Valid:
		return AppAnswer{Refused: ErrKeyUsed}, nil
	}
	in, err := invoice.Find(ctx, k.DB.Read(), r.Hash)
	switch {
	case err != nil:
		return AppAnswer{}, err
	case in == nil || in.Amount != m:
		return AppAnswer{Refused: ErrKeyUsed}, nil
	}
	return AppAnswer{Invoice: in.Text}, nil
}
