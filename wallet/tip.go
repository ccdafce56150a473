package wallet

import "context"

// Tip is the newest block that the node knows.
func (s *Service) Tip(ctx context.Context) (height int64, hash string, err error) {
	defer DatabaseAway(&err)
	i, err := s.Chain.Info(ctx)
	if err != nil {
		return 0, "", ChainFault(err)
	}
	return i.Height, i.Hash, nil
}
