package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/invoice"
)

// checkWallet asks the wallet itself, which a node that is well may lack, and whether it
// is the one that the books speak of.
func checkWallet(ctx context.Context, c config.Config, d *db.DB, node chain.Node) error {
	if _, err := node.Keys(ctx); err != nil {
		return err
	}
	name, keys := fmt.Sprintf("the wallet %q", c.Bitcoind.Wallet), "bitcoind.url or bitcoind.wallet"
	if c.Chain.Backend != "bitcoind" {
		name, keys = "the wallet of "+c.Chain.Backend, c.Chain.Backend+".url"
	}
	if d == nil {
		return nil
	}
	return knownWallet(ctx, d, name, keys, node)
}

func knownWallet(ctx context.Context, d *db.DB, name, keys string, node deposit.Keyed) error {
	_, _, err := deposit.Ours(ctx, d.Read(), node)
	if errors.Is(err, deposit.ErrOtherWallet) {
		err = fmt.Errorf("%s is not the one that the database knows: correct %s; %s", name, keys, wentOver)
	}
	return err
}

// knownNode asks whether a Lightning node is the one that the books speak of. Which one is
// asked says the key of the backend that is in use.
func knownNode(ctx context.Context, d *db.DB, backend string, node invoice.Informed) error {
	key, err := invoice.Ours(ctx, d.Read(), node)
	if errors.Is(err, invoice.ErrOtherNode) {
		correct := "lnd.url"
		if backend == "moneysocket" {
			correct = "lightning.beacon"
		}
		err = fmt.Errorf("%s is not the Lightning node that the database knows: correct %s; %s", key, correct, wentOver)
	}
	return err
}

// wentOver is what an operator says who means it.
const wentOver = "if you went over to it with all that users own, declare it when an audit has found it"
