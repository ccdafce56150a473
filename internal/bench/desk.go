package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// realDesk is the desk on a database where some are registered and have something.
type realDesk struct {
	desk *command.Desk
	dir  string       // "" of a database that is another's
	paid atomic.Int64 // payments
}

// openDesk is one on an SQLite of its own, for all senders.
func openDesk(ctx context.Context, words *i18n.Catalogue) (*realDesk, error) {
	dir, err := os.MkdirTemp("", "bitcoim-bench-")
	if err != nil {
		return nil, err
	}
	r, err := deskOn(ctx, words, db.Config{Driver: "sqlite", File: filepath.Join(dir, "desk.db")}, senders)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	r.dir = dir
	return r, nil
}

// deskOn is one on a database, for so many users.
func deskOn(ctx context.Context, words *i18n.Catalogue, c db.Config, users int) (*realDesk, error) {
	d, err := db.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	r := &realDesk{desk: command.New(&wallet.Service{
		DB: d, Accounts: &useraccount.Finder{}, Words: words, Clock: time.Now, Notify: func() {},
		Policy: wallet.Policy{Domain: domain, Network: address.Regtest, Languages: []string{"en"}, Served: []string{"localhost"},
			Limits: paymentorder.Limits{Payment: amount.BTC, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 1000, TTL: 600}},
	})}
	if err := d.Upgrade(ctx, false, func(db.Step) {}); err != nil {
		return nil, errors.Join(err, r.close())
	}
	err = d.Tx(ctx, func(tx *db.Tx) error {
		chain, err := ledger.System(ctx, tx, "chain")
		if err != nil {
			return err
		}
		for i := range users {
			u, _, err := useraccount.Register(ctx, tx, fmt.Sprintf("user%04d@localhost", i), time.Now().Unix())
			if err != nil {
				return err
			}
			if err := useraccount.Rename(ctx, tx, u, fmt.Sprintf("user%04d", i), time.Now().Unix()); err != nil {
				return err
			}
			err = ledger.Post(ctx, tx, ledger.Transfer{Ref: fmt.Sprintf("import:%d", i), Step: "open", Debit: chain, Credit: u.Money, Amount: 123_456 * amount.Sat})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *realDesk) close() error {
	err := r.desk.DB.Close()
	if r.dir != "" {
		err = errors.Join(err, os.RemoveAll(r.dir))
	}
	return err
}
