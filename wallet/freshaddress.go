package wallet

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
)

// shownAddress makes a result of the caller's newest address that nobody paid to yet, or
// of a new one if there is none. Of one that there is nothing is written down.
func shownAddress[T any](ctx context.Context, s *Service, by Caller, answer func(deposit.Address) T) (none T, err error) {
	free, err := s.unused(ctx, s.DB.Read(), by)
	if err != nil {
		return none, err
	}
	if a, ok := offered(free); ok {
		return answer(a), nil
	}
	return freshAddress(ctx, s, by, wanted{}, plain(answer))
}

// atAddress is shownAddress for an answer that also writes something, in the transaction
// that spends the key.
func atAddress[T any](ctx context.Context, s *Service, by Caller, answer func(tx *db.Tx, a deposit.Address) (T, error)) (none T, err error) {
	free, err := s.unused(ctx, s.DB.Read(), by)
	if err != nil {
		return none, err
	}
	if a, ok := offered(free); ok {
		return asMember(ctx, s, by, func(tx *db.Tx, _ *useraccount.User) (T, error) {
			return answer(tx, a)
		})
	}
	return freshAddress(ctx, s, by, wanted{}, answer)
}

// plain is an answer that writes nothing.
func plain[T any](answer func(deposit.Address) T) func(*db.Tx, deposit.Address) (T, error) {
	return func(_ *db.Tx, a deposit.Address) (T, error) { return answer(a), nil }
}

// wanted is which new address is wanted.
type wanted struct {
	label string
	more  bool // one more; else another request's new address will do as well
}

// freshAddress asks the node for an address before the transaction: one that is not
// written down, because we died or somebody was faster, is only an address too many.
func freshAddress[T any](ctx context.Context, s *Service, by Caller, w wanted, answer func(tx *db.Tx, a deposit.Address) (T, error)) (none T, err error) {
	text, err := s.ownAddress(ctx, by.JID)
	if err != nil {
		return none, err
	}
	return asMember(ctx, s, by, func(tx *db.Tx, u *useraccount.User) (T, error) {
		// The lock makes the count of unused addresses true until the commit.
		free, err := s.unused(ctx, tx, by)
		if err != nil {
			return none, err
		}
		if a, ok := offered(free); ok && !w.more {
			return answer(tx, a)
		}
		if err := s.enough(free); err != nil {
			return none, err
		}
		a := deposit.Address{Address: text, User: u.ID, Node: address.EncodeJID(text), Label: w.label, Created: u.Now}
		if err := deposit.AddAddress(ctx, tx, u.ID, text, w.label, u.Now); err != nil {
			return none, err
		}
		return answer(tx, a)
	})
}

// unused lists the caller's addresses that nobody paid to yet, oldest first. Those that
// are hidden count: else who hides them all again and again has any number.
func (s *Service) unused(ctx context.Context, q sqlx.QueryerContext, by Caller) ([]deposit.Address, error) {
	all, err := deposit.Addresses(ctx, q, by.User.ID)
	var free []deposit.Address
	for _, a := range all {
		if !a.Used {
			free = append(free, a)
		}
	}
	return free, err
}

// offered is the newest of unused addresses that is not hidden.
func offered(free []deposit.Address) (deposit.Address, bool) {
	shown := deposit.Shown(free)
	if len(shown) == 0 {
		return deposit.Address{}, false
	}
	return shown[len(shown)-1], true
}

// enough is the fault of who has as many unused addresses as one may have.
func (s *Service) enough(free []deposit.Address) error {
	if len(free) < s.Policy.AddressesUnused {
		return nil
	}
	return ErrManyAddresses.With(fault.Args{"n": int64(len(free))})
}
