package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/outbox"
)

// Events are the notices of all users, for doors that tell them beside the one that
// answers for it that they are told.

// Events lists those with a greater number than after, the oldest first, limit at most.
// See outbox.Recent.
func (s *Service) Events(ctx context.Context, after int64, limit int) (_ []outbox.Event, err error) {
	defer DatabaseAway(&err)
	return outbox.Recent(ctx, s.DB.Read(), after, limit)
}

// LateEvents lists those of some notices that are there by now. See outbox.Late.
func (s *Service) LateEvents(ctx context.Context, ids []int64) (_ []outbox.Event, err error) {
	defer DatabaseAway(&err)
	return outbox.Late(ctx, s.DB.Read(), ids)
}

// NewestEvent is the number of the newest notice.
func (s *Service) NewestEvent(ctx context.Context) (_ int64, err error) {
	defer DatabaseAway(&err)
	return outbox.Newest(ctx, s.DB.Read())
}
