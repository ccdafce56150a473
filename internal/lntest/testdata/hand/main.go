// Command hand is a gateway without a mouth: it pays invoices and books
// receipts until it is killed, or until a while is over. Tests build it with
// the tag faults, and tell it where to die.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/worker"
)

func main() {
	var d db.Config
	c := lightning.Config{Kind: "lnd", Network: "regtest"}
	flag.StringVar(&d.Driver, "driver", "", "of the database")
	flag.StringVar(&d.File, "file", "", "of SQLite")
	flag.StringVar(&d.DSN, "dsn", "", "of PostgreSQL")
	flag.StringVar(&c.LND.URL, "lnd", "", "where it is")
	flag.StringVar(&c.LND.CertFile, "cert", "", "its certificate")
	flag.StringVar(&c.LND.MacaroonFile, "macaroon", "", "its key")
	ahead := flag.Duration("ahead", 0, "how far our clock is ahead")
	while := flag.Duration("while", 20*time.Second, "how long to work")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *while)
	defer cancel()
	if err := run(ctx, d, c, *ahead); err != nil {
		slog.Error("hand", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dc db.Config, lc lightning.Config, ahead time.Duration) error {
	d, err := db.Open(ctx, dc)
	if err != nil {
		return err
	}
	defer d.Close()
	node, err := lightning.Open(ctx, lc)
	if err != nil {
		return err
	}
	defer node.Close()
	clock := func() time.Time { return time.Now().Add(ahead) }
	d.SetClock(clock)
	pay := &worker.Invoices{DB: d, Node: node, Clock: clock, Log: slog.Default(), Poll: time.Second, Wait: 10 * time.Second, MaxCLTV: 1008,
		Hands: make(chan struct{}, 4)}
	receipts := &worker.Receipts{DB: d, Node: node, Log: slog.Default(), Wake: func() {}}
	done := make(chan error, 2)
	for _, l := range []worker.Loop{{Name: "invoices", Step: pay.Step}, {Name: "receipts", Step: receipts.Step}} {
		l.Poll, l.Log = 100*time.Millisecond, slog.Default()
		go func() { done <- l.Run(ctx) }()
	}
	<-done
	<-done
	pay.Rest()
	return nil
}
