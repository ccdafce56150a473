package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Payable is whom a word of a note names, if that could be paid and is not the caller; ""
// if it is only a word.
func (s *Service) Payable(ctx context.Context, by Caller, word string) (_ string, err error) {
	defer by.told(&err)
	if err := by.Member(); err != nil {
		return "", err
	}
	if _, err := address.Parse(word, s.Policy.Network); err == nil || address.IsURI(word) || IsInvoice(word) {
		return i18n.Clip(word, 90), nil
	}
	name := address.Fold(word)
	if local, domain, _ := address.SplitJID(name); local != "" {
		if domain != s.Policy.Domain {
			return i18n.Clip(word, 90), nil
		}
		name = local
	}
	if address.ValidUsername(name) != nil {
		return "", nil
	}
	u, err := useraccount.ByName(ctx, s.DB.Read(), name)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil || u.ID == by.User.ID {
		return "", err
	}
	return u.Name, nil
}
