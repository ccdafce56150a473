package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/legacy"
)

// errDryRun undoes an import that was only tried.
var errDryRun = errors.New("dry run")

// importOld is `bitcoim db import`: everything comes over in one transaction
// or nothing does.
func importOld(ctx context.Context, p *program, d *db.DB, args []string) error {
	f := flag.NewFlagSet("import", flag.ContinueOnError)
	f.SetOutput(p.err)
	wrote := f.String("balances", "", "JSON file of what users own")
	dry := f.Bool("dry-run", false, "keep nothing")
	if len(args) < 2 || args[0] != "python-bitcoim" || f.Parse(args[2:]) != nil || f.NArg() > 0 {
		return p.wrong("db")
	}
	if err := d.Current(ctx); err != nil {
		return err
	}
	old, err := legacy.Read(ctx, args[1])
	if err != nil {
		return err
	}
	var owned legacy.Balances
	if *wrote != "" {
		if owned, err = readBalances(*wrote); err != nil {
			return err
		}
	}
	var r *legacy.Report
	err = d.Tx(ctx, func(tx *db.Tx) (err error) {
		if r, err = legacy.Import(ctx, tx, old, owned, time.Now().Unix()); err == nil && *dry {
			err = errDryRun
		}
		return err
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return err
	}
	printImport(p, old, r)
	if *dry {
		fmt.Fprintln(p.out, "dry run: nothing was kept")
		return nil
	}
	return verify(ctx, p, d)
}

func readBalances(file string) (legacy.Balances, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return legacy.ReadBalances(f)
}

func printImport(p *program, s *legacy.Source, r *legacy.Report) {
	for _, what := range r.Problems {
		fmt.Fprintln(p.out, "PROBLEM:", what)
	}
	fmt.Fprintf(p.out, "schema    %d\n", s.Version)
	fmt.Fprintf(p.out, "users     %d new, %d were here\n", r.Users, r.Known)
	fmt.Fprintf(p.out, "names     %d kept\n", r.Names)
	fmt.Fprintf(p.out, "orders    %d expired, %d were here, %d paid long ago\n", r.Orders, r.OldOrders, s.Paid)
	fmt.Fprintf(p.out, "balances  %d credited, %s BTC; %d were here\n", r.Balances, r.Credited.BTC(), r.Booked)
	fmt.Fprintf(p.out, "problems  %d\n", len(r.Problems))
}
