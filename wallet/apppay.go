package wallet

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// AppPay pays an invoice for an app: within its budget at once, above it when
// the user allows it. The same key, or the same invoice, again moves nothing
// more and gets the same answer. An error says that nothing is known: ask again.
func (s *Service) AppPay(ctx context.Context, id app.ID, key, invoice string) (AppAnswer, error) {
	k, err := s.asking(ctx, id, key)
	if fault.Is(err, fault.NotFound) {
		return nobodys(id, key, err), nil
	}
	if err != nil {
		return AppAnswer{}, err
	}
	a, err := k.pay(ctx, strings.ToLower(strings.TrimSpace(invoice)))
	return k.answered(ctx, a, err)
}

func (k *appCall) pay(ctx context.Context, text string) (AppAnswer, error) {
	if k.Lightning.Node == nil {
		return AppAnswer{}, ErrNoLightning
	}
	in, err := k.Lightning.Node.Decode(ctx, text)
	if err != nil {
		return AppAnswer{}, LightningFault(err)
	}
	before, err := k.app.Find(ctx, k.DB.Read(), k.key)
	if err != nil {
		return AppAnswer{}, err
	}
	if before != nil {
		return k.how(ctx, before, in.Hash.String())
	}
	if err := k.app.MayPay(k.by.Now); err != nil {
		return AppAnswer{}, err
	}
	for try := 1; ; try++ {
		if same, err := k.same(ctx, in); same != nil || err != nil {
			return k.attach(ctx, same, in, err)
		}
		d, err := k.drafted(ctx, in)
		if err == nil {
			var a AppAnswer
			if a, err = k.decide(ctx, d); err == nil {
				return a, nil
			}
		}
		if try == 3 || !among(taken, err) {
			return AppAnswer{}, err
		}
	}
}

// taken are the faults of an invoice that another request was faster with.
var taken = []error{ErrInvoicePaid, paymentorder.ErrInvoiceTaken}

// same finds the user's order that pays or paid the invoice already, or one
// that an app asked for and that waits for the user's leave.
func (k *appCall) same(ctx context.Context, in lightning.Invoice) (*paymentorder.Order, error) {
	o, err := paymentorder.Paying(ctx, k.DB.Read(), in.Hash.String())
	if err != nil || o != nil && o.User == k.by.User.ID {
		return o, err
	}
	waiting, err := paymentorder.Waiting(ctx, k.DB.Read(), k.by.User.ID, k.by.Now)
	if err != nil {
		return nil, err
	}
	for _, o := range waiting {
		if o.Hash.String != in.Hash.String() {
			continue
		}
		if a, _, err := app.OfOrder(ctx, k.DB.Read(), int64(o.ID)); a != nil || err != nil {
			return &o, err
		}
	}
	return nil, nil
}

// attach lets a request wait for an order that is there.
func (k *appCall) attach(ctx context.Context, o *paymentorder.Order, in lightning.Invoice, err error) (AppAnswer, error) {
	if err != nil {
		return AppAnswer{}, err
	}
	r := app.Request{App: k.app.ID, Key: k.key, Hash: in.Hash.String(), Order: sql.NullInt64{Int64: int64(o.ID), Valid: true}, Created: k.by.Now}
	err = k.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := r.Add(ctx, tx)
		return err
	})
	if err != nil {
		return AppAnswer{}, err
	}
	return k.how(ctx, &r, r.Hash)
}

// drafted is the order that an invoice makes, with all that can be said
// against it.
func (k *appCall) drafted(ctx context.Context, in lightning.Invoice) (paymentorder.Draft, error) {
	if in.Amount == 0 {
		return paymentorder.Draft{}, ErrNoAmount
	}
	to, err := k.ofInvoice(ctx, k.by, in)
	if err != nil {
		return paymentorder.Draft{}, err
	}
	d := paymentorder.Draft{SaidTo: to.Name, Memo: i18n.Clip(to.Memo, MemoLength), Amount: in.Amount}
	// Whether the money is there is decided with the budget, which comes first: above
	// it the app hears nothing of what its owner has.
	if _, err := k.invoiced(ctx, k.by, &d, &to, amount.Max, false, ""); err != nil {
		return paymentorder.Draft{}, err
	}
	return d, nil
}

// decide pays out of the budget, or asks the user.
func (k *appCall) decide(ctx context.Context, d paymentorder.Draft) (AppAnswer, error) {
	var r *app.Request
	err := k.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := app.Lock(ctx, tx, k.app.ID)
		if err != nil {
			return err
		}
		if r, err = a.Find(ctx, tx, k.key); r != nil || err != nil { // the same request came twice at once
			return err
		}
		u, to, err := useraccount.Locked(ctx, tx, k.by.User, d.ToUser)
		if err != nil {
			return err
		}
		asked := d
		asked.ToUser = to
		r = &app.Request{App: a.ID, Key: k.key, Hash: d.Hash, Created: u.Now}
		done, err := k.Policy.Limits.DraftConfirmed(ctx, tx, u, asked, paymentorder.OutOfBudget(a, *r))
		if !errors.Is(err, app.ErrAboveBudget) {
			return err
		}
		if err := k.askUser(ctx, tx, k.by, a, done.Order, u.Now); err != nil {
			return err
		}
		r.Order = sql.NullInt64{Int64: int64(done.Order.ID), Valid: true}
		_, err = r.Add(ctx, tx)
		return err
	})
	if err != nil {
		return AppAnswer{}, err
	}
	return k.how(ctx, r, d.Hash)
}

// how says what came of a request.
func (k *appCall) how(ctx context.Context, r *app.Request, hash string) (AppAnswer, error) {
	a := k.filled(AppAnswer{})
	switch {
	case r.Refused != "":
		a.Refused = refusal(r.Refused)
		return a, nil
	case r.Hash != hash:
		a.Refused = ErrKeyUsed
		return a, nil
	}
	end, err := r.How(ctx, k.DB.Read())
	if err != nil {
		return AppAnswer{}, err
	}
	if end == nil { // the key of an invoice that was asked for
		a.Refused = ErrKeyUsed
		return a, nil
	}
	return ended(a, *end), nil
}
