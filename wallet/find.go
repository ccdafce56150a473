package wallet

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Find is the local part of the contact that somebody typed into "add contact": an
// address, a payment link or, for registered users and admins, a username. ErrNoFind is
// the one fault of all that leads nowhere: nobody finds out here who has an account.
func (s *Service) Find(ctx context.Context, viewer, text string) (_ string, err error) {
	defer DatabaseAway(&err)
	text = strings.TrimSpace(text)
	if u, err := address.ParseURI(text, s.Policy.Network); err == nil && !u.Address.IsZero() {
		return u.Address.Local(), nil
	}
	if a, err := address.Parse(text, s.Policy.Network); err == nil {
		return a.Local(), nil
	}
	name := strings.TrimSuffix(address.Fold(text), "@"+s.Policy.Domain)
	if a, err := address.DecodeJID(address.Escape(name), s.Policy.Network); err == nil {
		return a.Local(), nil
	}
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return "", ErrNoFind // no username; a database need not see it
	}
	v, err := useraccount.ByJID(ctx, s.DB.Read(), viewer)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	if (v == nil || !v.Active) && !s.Admin(viewer) {
		return "", ErrNoFind
	}
	u, err := useraccount.ByName(ctx, s.DB.Read(), name)
	if fault.Is(err, fault.NotFound) {
		return "", ErrNoFind
	}
	if err != nil {
		return "", err
	}
	return u.Name, nil
}
