package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// AppAnswer is what came of an app's request.
type AppAnswer struct {
	App      app.ID
	Key      string       // the app's own for the request
	Invoice  string       // BOLT 11 that was made
	Preimage string       // proof of a payment, out or in, 64 hexadecimal digits
	Fee      amount.Msat  // of a payment that was made
	Incoming bool         // the payment is one that came in for an invoice of the app's
	Refused  *fault.Error // why not
	Lang     string       // of the user, in which a door says so; "" for none of their own
	Unit     string       // in which the user counts
	Waiting  bool         // for the user's leave, or for the end of the payment: AppNews will say
}

// appCall is one request of an app on its way.
type appCall struct {
	*Service
	by  Caller
	app *app.App
	key string
}

// asking begins a request in the name of an app's user, at that user's pace.
func (s *Service) asking(ctx context.Context, id app.ID, key string) (*appCall, error) {
	k, err := s.calling(ctx, id, key)
	if err == nil && s.Pace.Take(k.by.JID, s.Clock()) != Granted {
		return nil, ErrTooFast
	}
	return k, err
}

// calling is asking for what the app did not ask now.
func (s *Service) calling(ctx context.Context, id app.ID, key string) (*appCall, error) {
	a, err := app.ByID(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	u, err := useraccount.ByID(ctx, s.DB.Read(), a.User)
	if err != nil {
		return nil, err
	}
	return &appCall{s, Caller{JID: u.JID, User: u, App: a.ID, Now: s.Clock().Unix()}, a, Fit(key)}, nil
}

// answered turns a fault that is final into an answer, and writes it down: the
// same request later gets it again, whatever has changed. Anything else is no
// answer.
func (k *appCall) answered(ctx context.Context, a AppAnswer, err error) (AppAnswer, error) {
	a = k.filled(a)
	if err == nil {
		return a, nil
	}
	err = discreet(err, false)
	if kind := fault.Of(err).Kind; kind == fault.Internal || kind == fault.Unavailable {
		return AppAnswer{}, err
	}
	a.Refused = fault.Of(err)
	text, err := a.Refused.Keep()
	if err != nil {
		return AppAnswer{}, err
	}
	ctx, cancel := k.within(ctx)
	defer cancel()
	var before *app.Request
	err = k.DB.Tx(ctx, func(tx *db.Tx) error {
		before = nil
		fresh, err := app.Request{App: k.app.ID, Key: k.key, Refused: text, Told: true, Created: k.by.Now}.Add(ctx, tx)
		if err == nil && !fresh {
			before, err = k.app.Find(ctx, tx, k.key)
		}
		return err
	})
	switch {
	case err != nil:
		return AppAnswer{}, ErrNotDone.Because(err)
	case before != nil && before.Order.Valid: // the same request came twice at once, and the other was faster
		return k.how(ctx, before, before.Hash)
	}
	return a, nil
}

// filled is an answer with whose it is.
func (k *appCall) filled(a AppAnswer) AppAnswer {
	a.App, a.Key, a.Lang, a.Unit = k.app.ID, k.key, k.by.User.Lang, k.by.User.Unit
	return a
}

// nobodys refuses an app that there is none of.
func nobodys(id app.ID, key string, err error) AppAnswer {
	return AppAnswer{App: id, Key: key, Refused: fault.Of(err)}
}
