package command

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
	App      AppID
	Key      string      // the app's own for the request
	Invoice  string      // BOLT 11 that was made
	Preimage string      // proof of a payment, out or in, 64 hexadecimal digits
	Fee      amount.Msat // of a payment that was made
	Incoming bool        // the payment is one that came in for an invoice of the app's
	Refused  string      // why not, in the user's language
	Waiting  bool        // for the user's leave, or for the end of the payment: AppNews will say
}

// appCall is one request of an app on its way.
type appCall struct {
	*Call
	app *app.App
	key string
}

// asking begins a request in the name of an app's user, at that user's pace.
func (d *Desk) asking(ctx context.Context, id AppID, key string) (*appCall, error) {
	k, err := d.calling(ctx, id, key)
	if err == nil && d.Pace.Take(k.User, d.Clock()) != Granted {
		return nil, errTooFast
	}
	return k, err
}

// calling is asking for what the app did not ask now.
func (d *Desk) calling(ctx context.Context, id AppID, key string) (*appCall, error) {
	a, err := app.ByID(ctx, d.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	u, err := useraccount.ByID(ctx, d.DB.Read(), a.User)
	if err != nil {
		return nil, err
	}
	c := &Call{Desk: d, Request: Request{User: u.JID, App: a.ID}, Account: u, Now: d.Clock().Unix()}
	c.Lang, c.Unit = d.speech(u, "")
	return &appCall{c, a, fit(key)}, nil
}

// answered turns a fault that is final into an answer, and writes it down: the
// same request later gets it again, whatever has changed. Anything else is no
// answer.
func (k *appCall) answered(ctx context.Context, a AppAnswer, err error) (AppAnswer, error) {
	a.App, a.Key = k.app.ID, k.key
	if err == nil {
		return a, nil
	}
	err = discreet(err, false)
	if kind := fault.Of(err).Kind; kind == fault.Internal || kind == fault.Unavailable {
		return AppAnswer{}, err
	}
	a.Refused = k.text(err)
	ctx, cancel := k.within(ctx)
	defer cancel()
	var before *app.Request
	err = k.DB.Tx(ctx, func(tx *db.Tx) error {
		before = nil
		fresh, err := app.Request{App: k.app.ID, Key: k.key, Refused: a.Refused, Told: true, Created: k.Now}.Add(ctx, tx)
		if err == nil && !fresh {
			before, err = k.app.Find(ctx, tx, k.key)
		}
		return err
	})
	switch {
	case err != nil:
		return AppAnswer{}, errNotDone.Because(err)
	case before != nil && before.Order.Valid: // the same request came twice at once, and the other was faster
		return k.how(ctx, before, before.Hash)
	}
	return a, nil
}

// nobodys refuses an app that there is none of.
func (d *Desk) nobodys(id AppID, key string, err error) AppAnswer {
	c := &Call{Desk: d}
	c.Lang, c.Unit = d.speech(nil, "")
	return AppAnswer{App: id, Key: key, Refused: c.text(err)}
}

// text says a fault in the user's language.
func (c *Call) text(err error) string {
	f := fault.Of(err)
	return c.Words.Printer(c.Lang, c.Unit).Say(f.Phrase, f.Args)
}
