package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Unlinked is an app that was taken away.
type Unlinked struct{ Name string }

// Unlink takes an app away from the caller's wallet. What it was paying goes on to its end.
func (s *Service) Unlink(ctx context.Context, by Caller, name string) (_ Unlinked, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "unlink"); err != nil {
		return Unlinked{}, err
	}
	return anApp(ctx, s, by, name, func(tx *db.Tx, u *useraccount.User, a *app.App) (Unlinked, error) {
		if err := withdrawAsked(ctx, tx, u, a); err != nil {
			return Unlinked{}, err
		}
		return Unlinked{a.Name}, a.End(ctx, tx, u.Now)
	})
}
