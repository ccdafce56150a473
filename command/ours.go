package command

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
)

// What is given to others to be paid is of the nodes that the books know. What comes to
// another wallet or Lightning node is credited to nobody until an operator declares it,
// and it may be somebody else's. Who answers is asked after the answer, for a node may be
// exchanged at any time, and no audit has looked since.

// errNotOurs says that the wallet or the Lightning node is another one.
var errNotOurs = errors.New("command: another wallet or Lightning node answers than the one that was looked at")

// ownAddress is a new address of the wallet.
func (d *Desk) ownAddress(ctx context.Context, label string) (string, error) {
	text, err := d.Chain.Address(ctx, label)
	if err != nil {
		return "", away(err)
	}
	keys, err := d.Chain.Keys(ctx)
	if err != nil {
		return "", away(err)
	}
	same, err := deposit.SameWallet(ctx, d.DB.Read(), keys)
	if err == nil && !same {
		err = fault.Wrap(errNotOurs, fault.Later, "chain.away", nil)
	}
	return text, err
}

// ownNode is a fault unless the Lightning node is the one that was looked at.
func (d *Desk) ownNode(ctx context.Context) error {
	info, err := d.Lightning.Node.Info(ctx)
	if err != nil {
		return nodeAway(err)
	}
	same, err := invoice.SameNode(ctx, d.DB.Read(), info.PubKey)
	if err == nil && !same {
		err = fault.Wrap(errNotOurs, fault.Later, "lightning.away", nil)
	}
	return err
}
