package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// openDB opens a database that is there. Only `db upgrade` and `db import` make one: a wrong
// path in the configuration must not look like a new gateway, or like a backup.
func openDB(ctx context.Context, c config.Config) (*db.DB, error) {
	if err := missing(c); err != nil {
		return nil, err
	}
	return makeDB(ctx, c)
}

// makeDB opens the database. It makes the file of SQLite, and not its folder: a path that
// is mistyped would become a new set of books.
func makeDB(ctx context.Context, c config.Config) (*db.DB, error) {
	if c.Database.Driver == "sqlite" {
		dir := filepath.Dir(c.Database.File)
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("the folder of database.file is not there: %w", err)
		}
	}
	d, err := db.Open(ctx, db.Config{Driver: c.Database.Driver, File: c.Database.File, DSN: c.Database.DSN.Reveal(),
		MaxConnections: c.Database.MaxConnections})
	switch {
	case !db.IsAway(err) && !errors.Is(err, context.DeadlineExceeded):
		return d, damaged(err)
	case c.Database.Driver == "sqlite":
		return nil, fmt.Errorf("%s cannot be used now: see that it can be read and written, and that the disk has room (%w)", c.Database.File, err)
	}
	return nil, fmt.Errorf("the database does not answer: see that PostgreSQL runs, and that database.dsn says where (%w)", err)
}

func openChain(ctx context.Context, c config.Config) (chain.Node, error) {
	return chain.Open(ctx, chain.Config{
		Kind:    c.Chain.Backend,
		Network: c.Chain.Network,
		Bitcoind: chain.BitcoindConfig{URL: c.Bitcoind.URL, Wallet: c.Bitcoind.Wallet, User: c.Bitcoind.User,
			Password: c.Bitcoind.Password.Reveal(), CookieFile: c.Bitcoind.CookieFile},
		LND:             chain.LNDConfig{URL: c.LND.URL, CertFile: c.LND.CertFile, MacaroonFile: c.LND.MacaroonFile},
		FallbackFeeRate: chain.FeeRate(c.Chain.FallbackFeeRate),
		Timeout:         c.Chain.Timeout,
	})
}

func limits(c config.Config) paymentorder.Limits {
	l, n := c.Limits, c.Lightning
	return paymentorder.Limits{
		Flight: paymentorder.Flight{
			User:   paymentorder.Bound{Amount: amount.FromSats(n.FlightSat)},
			Domain: paymentorder.Bound{Payments: n.FlightDomain, Amount: amount.FromSats(n.DomainSat)},
			All:    paymentorder.Bound{Payments: n.FlightAll, Amount: amount.FromSats(n.AllSat)},
		},
		Payment: amount.FromSats(l.PaymentSat), Day: amount.FromSats(l.DaySat), FirstDay: amount.FromSats(l.FirstDaySat),
		Balance: amount.FromSats(l.BalanceSat), OpenOrders: l.OpenOrders, InFlight: n.InFlight, TTL: int64(l.OrderTTL.Seconds())}
}

func rules(c config.Config) deposit.Rules {
	return deposit.Rules{Confirmations: int64(c.Chain.Confirmations), ConfirmationsLarge: int64(c.Chain.ConfirmationsLarge),
		Large: amount.FromSats(c.Chain.LargeSat), ConfirmationsHuge: int64(c.Chain.ConfirmationsHuge), Huge: amount.FromSats(c.Chain.HugeSat),
		Minimum: amount.FromSats(c.Chain.MinDepositSat)}
}

func logger(c config.Config, p *program) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log.Level)) // checked when it was read
	o := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(p.err, o))
	}
	return slog.New(slog.NewTextHandler(p.err, o))
}

// books opens the configured database for a verb that needs the schema of
// this program. The caller closes it.
func (p *program) books(ctx context.Context) (config.Config, *db.DB, error) {
	c, err := p.load()
	if err != nil {
		return c, nil, err
	}
	d, err := openDB(ctx, c)
	if err != nil {
		return c, nil, err
	}
	if err := d.Current(ctx); err != nil {
		return c, nil, errors.Join(err, d.Close())
	}
	return c, d, nil
}
