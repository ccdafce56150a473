package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/useraccount"
)

// Holdings is what a user has, in msat.
type Holdings = useraccount.Holdings

// Balance is what the caller can spend, and what is on its way. Any app may ask.
func (s *Service) Balance(ctx context.Context, by Caller) (_ Holdings, err error) {
	defer by.told(&err)
	if err := s.May(ctx, by, Receive, "balance"); err != nil {
		return Holdings{}, err
	}
	if err := by.member(); err != nil {
		return Holdings{}, err
	}
	return by.User.Has, nil
}
