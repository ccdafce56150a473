package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Account is how the wallet knows a JID.
type Account struct {
	JID        string
	Registered bool
	Username   string
	Admin      bool
	Lang, Unit string
	Suspended  bool
	Since      int64 // seconds: when the user first registered, 0 if the JID never did
}

// Account says how the wallet knows a bare JID.
func (s *Service) Account(ctx context.Context, jid string) (_ Account, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), jid)
	if fault.Is(err, fault.NotFound) {
		return Account{JID: jid, Admin: s.Admin(jid), Unit: string(amount.InSat)}, nil
	}
	if err != nil {
		return Account{JID: jid, Admin: s.Admin(jid)}, err
	}
	return s.accountOf(u), nil
}

// Named says how the wallet knows the user who has a username; a NotFound fault if nobody
// has it. It is for doors that let users in by their names.
func (s *Service) Named(ctx context.Context, username string) (_ Account, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByName(ctx, s.DB.Read(), username)
	if err != nil {
		return Account{}, err
	}
	return s.accountOf(u), nil
}

func (s *Service) accountOf(u *useraccount.User) Account {
	return Account{JID: u.JID, Registered: u.Active, Admin: s.Admin(u.JID), Username: u.Name, Lang: u.Lang, Unit: u.Unit, Suspended: u.Suspended,
		Since: u.Created}
}
