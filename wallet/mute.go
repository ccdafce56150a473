package wallet

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Muted is somebody of whom the caller is told nothing more.
type Muted struct{ Name string }

// Unmuted is somebody of whom the caller is told again.
type Unmuted struct{ Name string }

// Mute has the caller told nothing more of what one person asks for or pays. Money still
// comes: it is in the history.
func (s *Service) Mute(ctx context.Context, by Caller, name string) (_ Muted, err error) {
	defer by.told(&err)
	return aboutPerson(ctx, s, by, "mute", name, func(tx *db.Tx, u, other *useraccount.User) (Muted, error) {
		return Muted{other.Name}, useraccount.Mute(ctx, tx, u, other)
	})
}

// Unmute ends it.
func (s *Service) Unmute(ctx context.Context, by Caller, name string) (_ Unmuted, err error) {
	defer by.told(&err)
	return aboutPerson(ctx, s, by, "unmute", name, func(tx *db.Tx, u, other *useraccount.User) (Unmuted, error) {
		ended, err := useraccount.Unmute(ctx, tx, u, other)
		if err == nil && !ended {
			err = ErrNotMuted.With(fault.Args{"who": other.Name})
		}
		return Unmuted{other.Name}, err
	})
}

// Muted lists the names of those whom the caller muted.
func (s *Service) Muted(ctx context.Context, by Caller) (_ []string, err error) {
	defer by.told(&err)
	if err := s.inPerson(ctx, by, "mute"); err != nil {
		return nil, err
	}
	return useraccount.MutedBy(ctx, s.DB.Read(), by.User)
}

// aboutPerson has the caller, who is locked, do something about another user.
func aboutPerson[T any](ctx context.Context, s *Service, by Caller, what, name string, do func(tx *db.Tx, u, other *useraccount.User) (T, error)) (none T, err error) {
	if err := s.inPerson(ctx, by, what); err != nil {
		return none, err
	}
	name = strings.TrimSuffix(address.Fold(name), "@"+s.Policy.Domain)
	other, err := useraccount.ByName(ctx, s.DB.Read(), name)
	switch {
	case fault.Is(err, fault.NotFound):
		return none, ErrNobody.With(fault.Args{"who": i18n.Clip(name, 90)})
	case err != nil:
		return none, err
	case other.ID == by.User.ID:
		return none, ErrMuteYourself
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (T, error) {
		return do(tx, u, other)
	})
}
