package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/useraccount"
)

// LabelledAddress is an address that the caller called something.
type LabelledAddress struct {
	Address string
	Label   string // "" for nothing
}

// LabelAddress calls an address of the caller's something. One that was hidden is shown
// again.
func (s *Service) LabelAddress(ctx context.Context, by Caller, text, label string) (_ LabelledAddress, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "address"); err != nil {
		return LabelledAddress{}, err
	}
	a, err := address.Parse(text, s.Policy.Network)
	if err != nil {
		return LabelledAddress{}, err
	}
	label = i18n.Clip(label, labelLength)
	return asMember(ctx, s, by, func(tx *db.Tx, _ *useraccount.User) (LabelledAddress, error) {
		ok, err := deposit.Label(ctx, tx, by.User.ID, a.String(), label)
		if err == nil && !ok {
			err = ErrNotYours.With(fault.Args{"address": a.String()})
		}
		return LabelledAddress{Address: a.String(), Label: label}, err
	})
}
