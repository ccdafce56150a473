package wallet

import (
	"context"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/fiat"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Settings is how the gateway speaks to a user. What is nil stays as it is.
type Settings struct {
	Language *string // a tag; "" is that of the words that the user writes
	Unit     *string // in which the user counts: sat, mBTC, ... Apps are told in bitcoin, too
	Fiat     *string // in which apps say the balance: a code of ISO 4217
	Notify   *bool   // the user is told what happens
	Presence *bool   // and sees the balance in the roster
}

var (
	// ErrLanguage is the fault of a language that nobody speaks here.
	ErrLanguage = fault.Define(fault.Invalid, "set.language-values")
	// ErrNoFiat is the fault of a currency, {value}, of which there is no rate. There are
	// rates of those {known}.
	ErrNoFiat = fault.Define(fault.Invalid, "set.fiat-none")
)

// UnitSetting reads in what a user wants to count: a unit of bitcoin, or a currency, which
// is for apps alone.
func UnitSetting(word string) (Settings, error) {
	u, err := amount.ParseUnit(word)
	if fiat, ok := fiat.CurrencyOf(word); err != nil && ok {
		return Settings{Fiat: &fiat.Code}, nil
	}
	unit := string(u)
	return Settings{Unit: &unit}, err
}

// Set changes how the gateway speaks to the caller, and says what it changed.
func (s *Service) Set(ctx context.Context, by Caller, want Settings) (_ Settings, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "set"); err != nil {
		return Settings{}, err
	}
	if err := s.maySet(want); err != nil {
		return Settings{}, err
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (Settings, error) {
		fiat := want.Fiat
		if want.Unit != nil && u.Fiat != "" && fiat == nil { // apps, too, are told in bitcoin again
			fiat = new(string)
		}
		for name, value := range map[string]any{"language": text(want.Language), "unit": text(want.Unit), "fiat": text(fiat),
			"notify": digit(want.Notify), "presence": digit(want.Presence)} {
			if value == nil {
				continue
			}
			if err := useraccount.Set(ctx, tx, u, name, value); err != nil {
				return Settings{}, err
			}
		}
		return want, nil
	})
}

// maySet is the fault of settings that there are not.
func (s *Service) maySet(want Settings) error {
	if tag := want.Language; tag != nil && *tag != "" && !slices.Contains(s.Words.Languages(), *tag) {
		return ErrLanguage
	}
	if want.Unit != nil {
		if _, err := amount.ParseUnit(*want.Unit); err != nil {
			return err
		}
	}
	if code := want.Fiat; code != nil {
		if _, ok := s.Exchange.Of(*code); !ok {
			return ErrNoFiat.With(fault.Args{"value": *code, "known": strings.Join(s.Exchange.Codes(), ", ")})
		}
	}
	return nil
}

// text is a setting as the database keeps it, nil for one that stays.
func text(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

// digit is text for what is on or off.
func digit(on *bool) any {
	switch {
	case on == nil:
		return nil
	case *on:
		return 1
	}
	return 0
}
