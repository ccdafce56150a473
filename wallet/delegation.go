package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Delegation is who may act for a user, by rules that a door reads.
type Delegation = useraccount.Delegation

// Delegations lists who may act for the user who has a name; a NotFound fault if
// nobody has it.
func (s *Service) Delegations(ctx context.Context, name string) (_ []Delegation, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByName(ctx, s.DB.Read(), name)
	if err != nil {
		return nil, err
	}
	return useraccount.Delegations(ctx, s.DB.Read(), u.ID)
}

// Delegate lets the user who has a name act for the caller, by rules that the door reads. A
// user may have most delegations.
func (s *Service) Delegate(ctx context.Context, by Caller, target, rules string, most int) (err error) {
	defer by.told(&err)
	return s.delegating(ctx, by, target, func(ctx context.Context, tx *db.Tx, owner, target *useraccount.User) error {
		return useraccount.Delegate(ctx, tx, owner, target, rules, most)
	})
}

// Undelegate takes back what the user who has a name might do for the caller. It holds at
// every instance of the gateway when it returns.
func (s *Service) Undelegate(ctx context.Context, by Caller, target string) (err error) {
	defer by.told(&err)
	return s.delegating(ctx, by, target, useraccount.Undelegate)
}

// delegated is a delegation that was changed.
type delegated struct{}

// delegating changes a delegation of the caller, in person. Doing it again is the same as
// once, so no key is kept for it.
func (s *Service) delegating(ctx context.Context, by Caller, target string,
	change func(ctx context.Context, tx *db.Tx, owner, target *useraccount.User) error) error {
	if err := s.inPerson(ctx, by, "delegations"); err != nil {
		return err
	}
	by.Key = Key{}
	_, err := asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (delegated, error) {
		to, err := useraccount.ByName(ctx, tx, target)
		if err != nil {
			return delegated{}, err
		}
		return delegated{}, change(ctx, tx, u, to)
	})
	return err
}
