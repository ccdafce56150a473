package wallet

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Correctable is the fault of a request that corrects an earlier one (XEP-0308) of which
// the order goes on as it was: what was confirmed is not corrected.
func (s *Service) Correctable(ctx context.Context, by Caller, earlier string) (err error) {
	defer by.told(&err)
	old, err := s.corrected(ctx, s.DB.Read(), by, earlier)
	if err != nil || old == nil {
		return err
	}
	switch old.State {
	case paymentorder.New, paymentorder.Cancelled, paymentorder.Expired:
		return nil
	}
	return ErrEditTooLate.With(fault.Args{"code": old.Code})
}

// corrected is the newest order of the request that is corrected, nil if there
// is none. However often a message is corrected, its corrections name the
// first one (XEP-0308 §3), and so do the orders made of them.
func (s *Service) corrected(ctx context.Context, q sqlx.QueryerContext, by Caller, earlier string) (*paymentorder.Order, error) {
	if earlier == "" || by.User == nil {
		return nil, nil
	}
	o, err := paymentorder.ByKey(ctx, q, by.User.ID, earlier)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return o, err
}

// makeWay cancels the order that a payment corrects, if it waits.
func (s *Service) makeWay(ctx context.Context, tx *db.Tx, by Caller, earlier string, now int64) error {
	old, err := s.corrected(ctx, tx, by, earlier)
	if err != nil || old == nil || old.State == paymentorder.Cancelled || old.State == paymentorder.Expired {
		return err
	}
	return old.Cancel(ctx, tx, now)
}

// TakeBack cancels the order of a request that its sender takes back (XEP-0424), if it
// waits. Of a request that made none, or none that waits, there is nothing to say: the
// result is empty.
func (s *Service) TakeBack(ctx context.Context, by Caller, earlier string) (_ Cancelled, err error) {
	defer by.told(&err)
	if made, err := s.corrected(ctx, s.DB.Read(), by, earlier); err != nil || made == nil {
		return Cancelled{}, err
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (Cancelled, error) {
		o, err := s.corrected(ctx, tx, by, earlier)
		switch {
		case err != nil:
			return Cancelled{}, err
		case o.State == paymentorder.Cancelled || o.State == paymentorder.Expired:
			return Cancelled{}, nil
		case o.State != paymentorder.New:
			return Cancelled{}, ErrEditTooLate.With(fault.Args{"code": o.Code})
		}
		return Cancelled{Code: o.Code, To: o.SaidTo, Amount: o.Amount}, o.Cancel(ctx, tx, u.Now)
	})
}
