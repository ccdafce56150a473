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
	if err := s.mayAsk(ctx, by, "balance"); err != nil {
		return Holdings{}, err
	}
	return by.User.Has, nil
}
