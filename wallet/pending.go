package wallet

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/paymentorder"
)

// Pending lists what waits for a code, and then what is under way; to says for whom
// alone, "" for all.
func (s *Service) Pending(ctx context.Context, by Caller, to string) (all []OrderRecord, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "pending"); err != nil {
		return nil, err
	}
	waiting, err := paymentorder.Waiting(ctx, s.DB.Read(), by.User.ID, by.Now)
	if err != nil {
		return nil, err
	}
	way, err := paymentorder.UnderWay(ctx, s.DB.Read(), by.User.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range append(waiting, way...) {
		if to != "" && o.SaidTo != to {
			continue
		}
		r, err := s.record(ctx, by, o)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// pauseOf is what an order that is confirmed waits for, if its payment has not begun.
func (s *Service) pauseOf(ctx context.Context, q sqlx.QueryerContext, o *paymentorder.Order) (Pause, error) {
	return o.Pause(ctx, q, s.unlooked(o))
}
