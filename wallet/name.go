package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Named is what a user is called.
type Named struct {
	Name    string
	Changed bool // just now
}

// Rename gives the caller another name. The one that they have changes nothing.
func (s *Service) Rename(ctx context.Context, by Caller, name string) (_ Named, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "name"); err != nil {
		return Named{}, err
	}
	switch {
	case name == "" && by.User.Name == "": // who came over from python-bitcoim may have none
		return Named{}, ErrNoName.With(fault.Args{"register": "name"})
	case name == "" || name == by.User.Name:
		return Named{Name: by.User.Name}, nil
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (Named, error) {
		return Named{name, true}, useraccount.Rename(ctx, tx, u, name, u.Now)
	})
}

// NameFree is the fault of a name that the caller cannot have now.
func (s *Service) NameFree(ctx context.Context, by Caller, name string) (err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "name"); err != nil {
		return err
	}
	if err := address.ValidUsername(name); err != nil {
		return err
	}
	return useraccount.Free(ctx, s.DB.Read(), by.User.ID, name, by.Now)
}
