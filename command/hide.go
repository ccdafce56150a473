package command

import (
	"context"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// hideAddress takes an address out of the lists, until it is labelled. Of those
// that nobody paid to, one place is left for an address that can be shown: who
// hid them all could not be paid any more.
func (c *Call) hideAddress(ctx context.Context) (Reply, error) {
	a, err := c.which()
	if err != nil {
		return Reply{}, err
	}
	return c.asMember(ctx, func(tx *db.Tx, _ *useraccount.User) (Reply, error) { // two at once count one after the other
		ok, err := deposit.Hide(ctx, tx, c.by.User.ID, a.String())
		if err != nil {
			return Reply{}, err
		}
		if !ok {
			return Reply{}, wallet.ErrNotYours.With(fault.Args{"address": a.String()})
		}
		free, err := c.unused(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		hidden := len(free) - len(deposit.Shown(free))
		if hidden > 0 && hidden >= c.Policy.AddressesUnused {
			return Reply{}, fault.New(fault.NotAllowed, "address.too-hidden", fault.Args{"n": int64(hidden - 1)})
		}
		r := say("address.hidden", map[string]any{"address": a.String()})
		r.Presence = true
		return r, nil
	})
}
