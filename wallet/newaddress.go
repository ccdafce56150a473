package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/i18n"
)

// labelLength is how many characters of an address's label are kept.
const labelLength = 60

// NewAddress is an address that the caller has from now on.
type NewAddress struct{ Address }

// NewAddress makes an address, unless the caller has enough of them that nobody paid to.
func (s *Service) NewAddress(ctx context.Context, by Caller, label string) (_ NewAddress, err error) {
	defer by.told(&err)
	if a, found, err := earlier[NewAddress](ctx, s, by); found || err != nil {
		return a, err
	}
	if err := s.mayAsk(ctx, by, "address"); err != nil {
		return NewAddress{}, err
	}
	free, err := s.unused(ctx, s.DB.Read(), by)
	if err != nil {
		return NewAddress{}, err
	}
	if err := s.enough(free); err != nil { // the node need not make one
		return NewAddress{}, err
	}
	return freshAddress(ctx, s, by, wanted{label: i18n.Clip(label, labelLength), more: true},
		plain(func(a deposit.Address) NewAddress { return NewAddress{addressOf(a)} }))
}
