package command

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// entered is the fault of a session whose password is no more.
func (c *Call) entered() error {
	if c.Login != 0 && (c.Account == nil || c.Account.Passwords != c.Login) {
		return ErrSessionOver
	}
	return nil
}

// stillIn is the fault of a session whose password was changed while it asked. It
// is asked at the end of a transaction, when the apps and users that it is about
// are locked in their order. Whoever changes the password locks the user, too: so
// nothing is done for the old password after the change was answered.
func (c *Call) stillIn(ctx context.Context, tx *db.Tx) error {
	if c.Login == 0 {
		return nil
	}
	u, err := useraccount.Lock(ctx, tx, c.Account.ID)
	if err == nil && u.Passwords != c.Login {
		err = ErrSessionOver
	}
	return err
}
