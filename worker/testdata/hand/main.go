// Command hand is a gateway without a mouth: it books deposits and moves
// payments until it is killed, or until nothing is left to do. Tests build it
// with the tag faults, and tell it where to die.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/worker"
)

func main() {
	var d db.Config
	c := chain.Config{Kind: "lnd", Network: "regtest", FallbackFeeRate: 2000}
	flag.StringVar(&d.Driver, "driver", "", "of the database")
	flag.StringVar(&d.File, "file", "", "of SQLite")
	flag.StringVar(&d.DSN, "dsn", "", "of PostgreSQL")
	flag.StringVar(&c.LND.URL, "lnd", "", "where it is")
	flag.StringVar(&c.LND.CertFile, "cert", "", "its certificate")
	flag.StringVar(&c.LND.MacaroonFile, "macaroon", "", "its key")
	ahead := flag.Duration("ahead", 0, "how far our clock is ahead")
	steps := flag.Int("steps", 1, "how often each loop turns")
	flag.Parse()
	if err := run(context.Background(), d, c, *ahead, *steps); err != nil {
		slog.Error("hand", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dc db.Config, cc chain.Config, ahead time.Duration, steps int) error {
	d, err := db.Open(ctx, dc)
	if err != nil {
		return err
	}
	defer d.Close()
	node, err := chain.Open(ctx, cc)
	if err != nil {
		return err
	}
	defer node.Close()
	clock := func() time.Time { ahead += time.Second; return time.Now().Add(ahead) }
	d.SetClock(clock)
	deposits := &worker.Deposits{DB: d, Chain: node, Log: slog.Default(),
		Rules: deposit.Rules{Confirmations: 1, ConfirmationsLarge: 3, Large: 1_000_000 * amount.Sat, Minimum: 1000 * amount.Sat}}
	pay := &worker.Pay{DB: d, Chain: node, Clock: clock, Log: slog.Default(), Poll: time.Second, Final: 3}
	for range steps {
		if _, err := deposits.Step(ctx); err != nil {
			slog.Warn("deposits", "err", err)
		}
		if _, err := pay.Step(ctx); err != nil {
			slog.Warn("pay", "err", err)
		}
	}
	return nil
}
