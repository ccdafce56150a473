package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Unregistered is an account that was closed.
type Unregistered struct {
	Balance amount.Msat // that waits for the same JID
	Nodes   []string    // local parts of the contacts that leave the user's roster, "" the gateway
}

// Unregister closes the caller's account. Coins that are left wait for the same JID.
func (s *Service) Unregister(ctx context.Context, by Caller) (_ Unregistered, err error) {
	defer by.told(&err)
	return s.unregister(ctx, by, false)
}

// CloseEmpty is Unregister for an account on which nothing is, and nothing on its way;
// ErrNotEmpty otherwise.
func (s *Service) CloseEmpty(ctx context.Context, by Caller) (_ Unregistered, err error) {
	defer by.told(&err)
	return s.unregister(ctx, by, true)
}

func (s *Service) unregister(ctx context.Context, by Caller, empty bool) (Unregistered, error) {
	if err := s.inPerson(ctx, by, "unregister"); err != nil {
		return Unregistered{}, err
	}
	return Do(ctx, s, by, func(tx *db.Tx) (Unregistered, error) {
		if err := app.LockAll(ctx, tx, by.User.ID); err != nil {
			return Unregistered{}, err
		}
		u, err := by.Locked(ctx, tx)
		if err != nil {
			return Unregistered{}, err
		}
		balance, err := ledger.Lock(ctx, tx, u.Money, u.Held)
		if err != nil {
			return Unregistered{}, err
		}
		if empty {
			if err := isEmpty(ctx, tx, u); err != nil {
				return Unregistered{}, err
			}
		}
		if err := dropAll(ctx, tx, u); err != nil {
			return Unregistered{}, err
		}
		nodes, err := partings(ctx, tx, u)
		if err != nil {
			return Unregistered{}, err
		}
		return Unregistered{balance, nodes}, useraccount.Unregister(ctx, tx, u, u.Now)
	})
}

// isEmpty is the fault of an account with money on it or under way. It is read again:
// money may have come before its rows were locked.
func isEmpty(ctx context.Context, tx *db.Tx, u *useraccount.User) error {
	is, err := useraccount.ByID(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	if all := is.Has.Balance + is.Has.Held + is.Has.Pending; all > 0 {
		return ErrNotEmpty.With(fault.Args{"balance": int64(all)})
	}
	return nil
}

// dropAll ends what the user who leaves has begun, and nobody has acted on: orders
// that wait, apps, and invoices that a neighbour could still order to pay.
func dropAll(ctx context.Context, tx *db.Tx, u *useraccount.User) error {
	open, err := paymentorder.Waiting(ctx, tx, u.ID, u.Now)
	if err != nil {
		return err
	}
	for _, o := range open {
		if _, err := o.Withdraw(ctx, tx, u.Now); err != nil {
			return err
		}
	}
	if err := app.EndAll(ctx, tx, u.ID, u.Now); err != nil {
		return err
	}
	return invoice.DropAll(ctx, tx, u.ID, u.Now)
}

// partings are the contacts that leave the user's roster, the gateway last.
func partings(ctx context.Context, tx *db.Tx, u *useraccount.User) ([]string, error) {
	nodes, err := useraccount.Roster(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	own, err := deposit.Addresses(ctx, tx, u.ID)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{"": true}
	var part []string
	for _, a := range own {
		nodes = append(nodes, a.Node)
	}
	for _, n := range nodes {
		if !seen[n] {
			seen[n] = true
			part = append(part, n)
		}
	}
	return append(part, ""), nil
}
