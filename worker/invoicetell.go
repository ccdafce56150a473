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

// tell moves an order that is in our hand and writes the payer's notice in one
// transaction.
func (p *Invoices) tell(ctx context.Context, o *paymentorder.Order, phrase string, m move) error {
	return p.say(ctx, o, phrase, o.Again, m)
}

// say reads the order anew by what is handed in. The connection that pays
// unasked, if one does, is locked before the people are.
func (p *Invoices) say(ctx context.Context, o *paymentorder.Order, phrase string, read func(context.Context, *db.Tx) error, m move) error {
	ctx = context.WithoutCancel(ctx) // what was learned is written down
	err := p.DB.Tx(ctx, func(tx *db.Tx) error {
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
			if by != nil {
				return tellUnasked(ctx, tx, by, u, o, u.Now)
			}
			return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: phrase, Lang: u.Lang, Unit: u.Unit, Balance: o.State != paymentorder.InFlight,
				Args: map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "fee": o.Fee.Int64, "back": int64(o.Total()),
					"success": o.Success, "hash": o.Hash.String}}, u.Now)
		})
	})
	if err == nil && p.Wake != nil {
		p.Wake()
	}
	return err
}

// success is what the payee wants said (LUD-09), as one line of text. What is
// sealed opens with the proof of the payment (LUD-10).
func success(stored string, proof lightning.Preimage) string {
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
