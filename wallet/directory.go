package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// ErrAdminsOnly is the fault of reading what only operators may: who has an account.
var ErrAdminsOnly = fault.Define(fault.NotAllowed, "directory.admins-only")

// Directory lists the users as contacts, for an operator only.
func (s *Service) Directory(ctx context.Context, by Caller) (contacts []Contact, err error) {
	defer by.told(&err)
	if !s.operates(by) {
		return nil, ErrAdminsOnly
	}
	all, err := useraccount.All(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	for i := range all {
		if u := &all[i]; u.Active && u.Name != "" {
			contacts = append(contacts, s.userContact(by, u))
		}
	}
	return contacts, nil
}

// Members lists registered bare JIDs in order, n at most, after the one given. It is for
// doors, which show all of them that the gateway is there.
func (s *Service) Members(ctx context.Context, after string, n int) (_ []string, err error) {
	defer DatabaseAway(&err)
	return useraccount.Members(ctx, s.DB.Read(), after, n)
}
