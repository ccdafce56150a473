package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Greeted is an address that has written to the caller.
type Greeted struct {
	Address string
	Own     bool // it is the caller's
}

// Greet has an address write to the caller, who speaks a language and counts in a unit, so
// that there is a chat with it.
func (s *Service) Greet(ctx context.Context, by Caller, text, lang, unit string) (_ Greeted, err error) {
	defer by.told(&err)
	if err := s.mayAs(ctx, by, Spend, "talk"); err != nil {
		return Greeted{}, err
	}
	a, err := address.Parse(text, s.Policy.Network)
	if err != nil {
		return Greeted{}, err
	}
	own, err := deposit.Owner(ctx, s.DB.Read(), a.String())
	if err != nil {
		return Greeted{}, err
	}
	g := Greeted{Address: a.String(), Own: own != nil && own.User == by.User.ID}
	phrase := "contact.hello"
	if g.Own {
		phrase = "contact.hello-own"
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (Greeted, error) {
		return g, outbox.Add(ctx, tx, outbox.Notice{User: by.JID, From: a.Local(), Phrase: phrase, Lang: lang, Unit: unit,
			Args: map[string]any{"address": g.Address}}, u.Now)
	})
}
