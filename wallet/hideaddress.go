package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// HiddenAddress is an address that lists do not show.
type HiddenAddress struct{ Address string }

// HideAddress takes an address of the caller's out of the lists, until it is labelled. Of
// those that nobody paid to, one place is left for an address that can be shown: who hid
// them all could not be paid any more.
func (s *Service) HideAddress(ctx context.Context, by Caller, text string) (_ HiddenAddress, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "address"); err != nil {
		return HiddenAddress{}, err
	}
	a, err := address.Parse(text, s.Policy.Network)
	if err != nil {
		return HiddenAddress{}, err
	}
	// Two at once count one after the other.
	return asMember(ctx, s, by, func(tx *db.Tx, _ *useraccount.User) (HiddenAddress, error) {
		ok, err := deposit.Hide(ctx, tx, by.User.ID, a.String())
		if err != nil {
			return HiddenAddress{}, err
		}
		if !ok {
			return HiddenAddress{}, ErrNotYours.With(fault.Args{"address": a.String()})
		}
		free, err := s.unused(ctx, tx, by)
		if err != nil {
			return HiddenAddress{}, err
		}
		hidden := len(free) - len(deposit.Shown(free))
		if hidden > 0 && hidden >= s.Policy.AddressesUnused {
			return HiddenAddress{}, ErrManyHidden.With(fault.Args{"n": int64(hidden - 1)})
		}
		return HiddenAddress{Address: a.String()}, nil
	})
}
