package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// AppNews lists what apps have not been told: ends of requests that waited, and
// payments that came in for their invoices.
func (s *Service) AppNews(ctx context.Context, apps []app.ID) ([]AppAnswer, error) {
	all, err := app.News(ctx, s.DB.Read(), apps)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	calls := map[app.ID]*appCall{}
	news := make([]AppAnswer, 0, len(all))
	for _, end := range all {
		k := calls[end.App]
		if k == nil {
			if k, err = s.calling(ctx, end.App, end.Key); err != nil { // the others' news do not wait for it
				continue
			}
			calls[end.App] = k
		}
		a := k.filled(AppAnswer{})
		a.Key = end.Key
		news = append(news, ended(a, end))
	}
	return news, nil
}

// ended is an answer with the end of what was asked.
func ended(a AppAnswer, end app.End) AppAnswer {
	args := fault.Args{"code": end.Code, "amount": int64(end.Amount)}
	switch paymentorder.State(end.State) {
	case "":
		a.Preimage, a.Incoming = end.Preimage, true
	case paymentorder.Done:
		a.Preimage, a.Fee = end.Preimage, end.Fee
	case paymentorder.Failed:
		a.Refused = errPaymentFailed.With(args)
	case paymentorder.Cancelled:
		a.Refused = errDenied.With(args)
	case paymentorder.Expired:
		a.Refused = errUnanswered.With(args)
	default:
		a.Waiting = true
	}
	return a
}

// AppTold notes that news reached their apps.
func (s *Service) AppTold(ctx context.Context, news []AppAnswer) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, a := range news {
			if err := app.MarkDelivered(ctx, tx, a.App, a.Key); err != nil {
				return err
			}
		}
		return nil
	})
}
