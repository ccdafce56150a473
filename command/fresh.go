package command

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/useraccount"
)

// withAddress answers with the newest address that nobody paid to yet, or with
// a new one if there is none.
func (c *Call) withAddress(ctx context.Context, answer func(deposit.Address) Reply) (Reply, error) {
	free, err := c.unused(ctx, c.DB.Read())
	if err != nil {
		return Reply{}, err
	}
	if a, ok := offered(free); ok {
		return answer(a), nil
	}
	return c.fresh(ctx, "", false, plain(answer))
}

// plain is an answer that writes nothing.
func plain(answer func(deposit.Address) Reply) answerIn {
	return func(_ *db.Tx, a deposit.Address) (Reply, error) { return answer(a), nil }
}

// answerIn is an answer that also writes something, in the transaction that
// spends the request.
type answerIn func(tx *db.Tx, a deposit.Address) (Reply, error)

// withAddressIn is withAddress for such an answer.
func (c *Call) withAddressIn(ctx context.Context, answer answerIn) (Reply, error) {
	free, err := c.unused(ctx, c.DB.Read())
	if err != nil {
		return Reply{}, err
	}
	if a, ok := offered(free); ok {
		return c.asMember(ctx, func(tx *db.Tx, _ *useraccount.User) (Reply, error) { return answer(tx, a) })
	}
	return c.fresh(ctx, "", false, answer)
}

// newAddress answers with a new address, unless the user has enough of them
// that nobody paid to.
func (c *Call) newAddress(ctx context.Context) (Reply, error) {
	free, err := c.unused(ctx, c.DB.Read())
	if err != nil {
		return Reply{}, err
	}
	if err := c.enough(free); err != nil { // the node need not make one
		return Reply{}, err
	}
	return c.fresh(ctx, i18n.Clip(c.Arg("label"), labelLength), true, plain(func(a deposit.Address) Reply {
		r := c.showAddress(a, "address.new")
		r.Greet = []Contact{c.contactOf(a, c.by.User)}
		return r
	}))
}

// fresh asks the node for an address before the transaction: one that is not
// written down, because we died or somebody was faster, is only an address too
// many. Without more, another request's new address will do as well.
func (c *Call) fresh(ctx context.Context, label string, more bool, answer answerIn) (Reply, error) {
	text, err := c.OwnAddress(ctx, c.User)
	if err != nil {
		return Reply{}, err
	}
	return c.asMember(ctx, func(tx *db.Tx, u *useraccount.User) (Reply, error) {
		// The lock makes the count of unused addresses true until the commit.
		free, err := c.unused(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		if a, ok := offered(free); ok && !more {
			return answer(tx, a)
		}
		if err := c.enough(free); err != nil {
			return Reply{}, err
		}
		a := deposit.Address{Address: text, User: u.ID, Node: address.EncodeJID(text), Label: label, Created: u.Now}
		if err := deposit.AddAddress(ctx, tx, u.ID, text, label, u.Now); err != nil {
			return Reply{}, err
		}
		return answer(tx, a)
	})
}

// unused lists the user's addresses that nobody paid to yet, oldest first. Those
// that are hidden count: else who hides them all again and again has any number.
func (c *Call) unused(ctx context.Context, q sqlx.QueryerContext) ([]deposit.Address, error) {
	all, err := deposit.Addresses(ctx, q, c.by.User.ID)
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
func (c *Call) enough(free []deposit.Address) error {
	if len(free) < c.Policy.AddressesUnused {
		return nil
	}
	return fault.New(fault.NotAllowed, "address.too-many", fault.Args{"n": int64(len(free)), "list": c.word("address")})
}
