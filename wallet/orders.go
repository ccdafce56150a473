package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// OrderRecord is all that may be read of an order.
type OrderRecord struct {
	Code          string
	To            string
	Rail          Rail
	State         OrderState
	Amount        amount.Msat
	FeeLimit      amount.Msat
	Fee           amount.Msat // really paid, once Paid
	Paid          bool
	Memo          string
	TxID          string
	Hash          string
	Preimage      string
	Reason        string
	Confirmations int64
	Created       int64 // seconds
	Expires       int64
	Confirmed     int64
	Ended         int64
	Pause         Pause // what keeps it from beginning; not told in Snapshot
}

// recordOf is an order at a time: one whose time ran out is expired, whether
// somebody wrote that down or not.
func recordOf(o paymentorder.Order, now int64) OrderRecord {
	r := OrderRecord{Code: o.Code, To: o.SaidTo, Rail: o.Kind(), State: o.State, Amount: o.Amount, FeeLimit: o.FeeLimit,
		Fee: amount.Msat(o.Fee.Int64), Paid: o.Fee.Valid, Memo: o.Memo, TxID: o.TxID, Hash: o.Hash.String, Preimage: o.Preimage.String,
		Reason: o.Reason, Confirmations: o.Confirmations, Created: o.Created, Expires: o.Expires, Confirmed: o.Confirmed.Int64, Ended: o.Ended.Int64}
	if o.State == paymentorder.New && o.Expires <= now {
		r.State = OrderExpired
	}
	return r
}

// record is an order as it is now.
func (s *Service) record(ctx context.Context, by Caller, o paymentorder.Order) (OrderRecord, error) {
	r := recordOf(o, by.Now)
	var err error
	r.Pause, err = s.pauseOf(ctx, s.DB.Read(), &o)
	return r, err
}

// Order finds an order of the caller's by its code, the newest if the code came again;
// a NotFound fault if there is none.
func (s *Service) Order(ctx context.Context, by Caller, code string) (_ OrderRecord, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "pending"); err != nil {
		return OrderRecord{}, err
	}
	if !paymentorder.IsCode(code) {
		return OrderRecord{}, paymentorder.ErrUnknown.With(fault.Args{"code": i18n.Clip(code, 40)})
	}
	o, err := paymentorder.ByCode(ctx, s.DB.Read(), by.User.ID, code)
	if err != nil {
		return OrderRecord{}, err
	}
	return s.record(ctx, by, *o)
}

// OrderAsked finds the order that a request with the ID of the caller's key made; a
// NotFound fault if there is none.
func (s *Service) OrderAsked(ctx context.Context, by Caller) (_ OrderRecord, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "pending"); err != nil {
		return OrderRecord{}, err
	}
	o, err := paymentorder.ByKey(ctx, s.DB.Read(), by.User.ID, by.Key.ID)
	if err != nil {
		return OrderRecord{}, err
	}
	return s.record(ctx, by, *o)
}

// Orders lists a part of the caller's orders, newest first, and counts them all.
func (s *Service) Orders(ctx context.Context, by Caller, skip, take int) (all []OrderRecord, total int, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "pending"); err != nil {
		return nil, 0, err
	}
	orders, total, err := paymentorder.Page(ctx, s.DB.Read(), by.User.ID, skip, take)
	for _, o := range orders {
		r, err := s.record(ctx, by, o)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, r)
	}
	return all, total, err
}
