package main

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/invoice"
)

// checkWallet asks the wallet itself, which a node that is well may lack, and whether it
// is the one that the books speak of.
func checkWallet(ctx context.Context, c config.Config, node chain.Node) error {
	keys, err := node.Keys(ctx)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("the wallet %q", c.Bitcoind.Wallet)
	if c.Chain.Backend != "bitcoind" {
		name = "the wallet of " + c.Chain.Backend
	}
	return asked(ctx, c, func(d *db.DB) error { return knownWallet(ctx, d, name, keys) })
}

func knownWallet(ctx context.Context, d *db.DB, name string, keys []string) error {
	same, err := deposit.SameWallet(ctx, d.Read(), keys)
	if err == nil && !same {
		err = fmt.Errorf("%s is not the one that the database knows: correct the configuration; %s", name, wentOver)
	}
	return err
}

func knownNode(ctx context.Context, d *db.DB, key string) error {
	same, err := invoice.SameNode(ctx, d.Read(), key)
	if err == nil && !same {
		err = fmt.Errorf("%s is not the Lightning node that the database knows: correct the configuration; %s", key, wentOver)
	}
	return err
}

// wentOver is what an operator says who means it.
const wentOver = "if you went over to it with all that users own, declare it when an audit has found it"

// asked asks the database, if it is there and of this program: if not, checkDatabase
// says so.
func asked(ctx context.Context, c config.Config, ask func(*db.DB) error) error {
	d, err := openDB(ctx, c)
	if err != nil {
		return nil
	}
	defer func() { _ = d.Close() }()
	if d.Current(ctx) != nil {
		return nil
	}
	return ask(d)
}
