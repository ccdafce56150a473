package wallet

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// AppID names an app of a user's, for doors.
type AppID = app.ID

// Caller is who asks for something, through any door.
type Caller struct {
	JID  string            // bare, as its server normalised it
	User *useraccount.User // as they were when the request came; nil if the JID never registered
	// App asks in the user's name, with its own rights and budget; 0 is the user in person.
	App app.ID
	// Login is the number of the password with which the user's session entered, 0 if it
	// entered otherwise. A session of an earlier password is over.
	Login int64
	Now   int64     // when the request came, in seconds
	Sent  time.Time // when it was written, if it comes late (XEP-0203); else zero
	Key   Key       // by which the same request is known when it comes again
}

// InPerson reports that it is the user who asks, and no app of theirs.
func (by Caller) InPerson() bool { return by.App == 0 }

// Caller is who asks, as the database knows them now: the door fills in what it knows.
func (s *Service) Caller(ctx context.Context, by Caller) (_ Caller, err error) {
	defer DatabaseAway(&err)
	by.Now = s.Clock().Unix()
	u, err := s.Accounts.ByJID(ctx, s.DB.Read(), by.JID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return by, err
	}
	by.User = u
	return by, by.entered()
}

// entered is the fault of a session whose password is no more.
func (by Caller) entered() error {
	if by.Login != 0 && (by.User == nil || by.User.Passwords != by.Login) {
		return ErrSessionOver
	}
	return nil
}

// stillIn is the fault of a session whose password was changed while it asked. It
// is asked at the end of a transaction, when the apps and users that it is about
// are locked in their order. Whoever changes the password locks the user, too: so
// nothing is done for the old password after the change was answered.
func (by Caller) stillIn(ctx context.Context, tx *db.Tx) error {
	if by.Login == 0 {
		return nil
	}
	u, err := useraccount.Lock(ctx, tx, by.User.ID)
	if err == nil && u.Passwords != by.Login {
		err = ErrSessionOver
	}
	return err
}

// Locked locks the caller, who has an account, for the rest of a transaction. Who has
// left meanwhile is told so.
func (by Caller) Locked(ctx context.Context, tx *db.Tx) (*useraccount.User, error) {
	u, err := useraccount.Lock(ctx, tx, by.User.ID)
	if err == nil && !u.Active {
		err = useraccount.ErrNotRegistered
	}
	return u, err
}

// Sends is the fault of a member who may not pay.
func (by Caller) Sends() error {
	if by.User.Suspended {
		return useraccount.ErrSuspended.With(fault.Args{"reason": by.User.Reason})
	}
	return nil
}

// Member is the fault of who has no account.
func (by Caller) Member() error {
	if by.User == nil || !by.User.Active {
		return useraccount.ErrNotRegistered
	}
	return nil
}

// Late is the fault of a request that was written long before it came, and that would
// move money.
func (s *Service) Late(by Caller) error {
	if by.Sent.IsZero() || by.Sent.Unix() >= by.Now-s.Policy.Stale {
		return nil
	}
	return ErrStale.With(fault.Args{"seconds": by.Now - by.Sent.Unix()})
}
