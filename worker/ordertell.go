package worker

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// errUntold is of a move that is kept, and of which the payer is told nothing.
var errUntold = errors.New("worker: nothing to tell")

// words are how it is said what became of an order.
type words struct {
	phrase  string
	reason  string // an operator's own words, if an operator ended it
	success string // what the payee says to who paid, as text
}

// tell moves an order that is in our hand and writes the payer's notice in one
// transaction.
func (p *Invoices) tell(ctx context.Context, o *paymentorder.Order, phrase string, m move) error {
	err := say(ctx, p.DB, o, words{phrase: phrase}, o.Again, m)
	p.notify(err)
	return err
}

// notify says that there is a notice, if nothing went wrong.
func (p *Invoices) notify(err error) {
	if err == nil && p.Wake != nil {
		p.Wake()
	}
}

// say moves an order and writes the payer's notice in one transaction. It reads the
// order anew by what is handed in. The app that pays unasked, if one does, is locked
// before the people are; its user hears of it as of all that it pays. Who left, or
// wants no notices, hears nothing.
func say(ctx context.Context, d *db.DB, o *paymentorder.Order, w words, read func(context.Context, *db.Tx) error, m move) error {
	ctx = context.WithoutCancel(ctx) // what was learned is written down
	return d.Tx(ctx, func(tx *db.Tx) error {
		by, err := unasked(ctx, tx, o)
		if err != nil {
			return err
		}
		return locked(ctx, tx, o, read, func(ctx context.Context, tx *db.Tx, u, to *useraccount.User) error {
			err := m(ctx, tx, u, to)
			if errors.Is(err, errUntold) {
				return nil
			}
			if err != nil || !u.Notify || !u.Active {
				return err
			}
			if by != nil && w.reason == "" {
				return tellUnasked(ctx, tx, by, u, o, u.Now)
			}
			return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: w.phrase, Lang: u.Lang, Unit: u.Unit, Balance: o.State != paymentorder.InFlight,
				Args: map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "fee": o.Fee.Int64, "back": int64(o.Back()),
					"success": w.success, "reason": w.reason, "hash": o.Hash.String}}, u.Now)
		})
	})
}

// successText is what the payee wants said (LUD-09), as one line of text: it is read from
// the JSON of an order. What is sealed opens with the proof of the payment (LUD-10).
func successText(stored string, proof lightning.Preimage) string {
	var s lnurl.Success
	if stored == "" || json.Unmarshal([]byte(stored), &s) != nil {
		return ""
	}
	switch s.Tag {
	case "message":
		return s.Message
	case "url":
		return s.Description + " " + s.URL
	}
	text, err := s.Open(proof)
	if err != nil {
		return s.Description
	}
	return s.Description + " " + text
}
