package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/legacy"
)

// errDryRun undoes an import that was only tried.
var errDryRun = errors.New("dry run")

// importing reads what is behind `bitcoim db import`, whose flags come after the file.
func importing(p *program, f *flag.FlagSet, of part, args []string) (act, error) {
	wrote := f.String("balances", "", "JSON file of what users own")
	dry := f.Bool("dry-run", false, "keep nothing")
	n := 0
	for n < min(2, len(args)) && !strings.HasPrefix(args[n], "-") {
		n++
	}
	if f.Parse(args[n:]) != nil {
		return nil, errUsage
	}
	said := append(args[:n:n], f.Args()...)
	if err := p.enough("db", of, f, said, false); err != nil {
		return nil, err
	}
	if said[0] != "python-bitcoim" {
		fmt.Fprintf(p.err, "bitcoim db import: what is %q?\n", said[0])
		return nil, p.wrong("db", "import")
	}
	return func(ctx context.Context, p *program, d *db.DB) error {
		return importOld(ctx, p, d, said[1], *wrote, *dry)
	}, nil
}

// importOld brings over everything in one transaction, or nothing.
func importOld(ctx context.Context, p *program, d *db.DB, file, wrote string, dry bool) error {
	if err := d.Current(ctx); err != nil {
		return err
	}
	old, err := legacy.Read(ctx, file)
	if err != nil {
		return err
	}
	var owned legacy.Balances
	if wrote != "" {
		if owned, err = readBalances(wrote); err != nil {
			return err
		}
	}
	var r *legacy.Report
	err = d.Tx(ctx, func(tx *db.Tx) (err error) {
		if r, err = legacy.Import(ctx, tx, old, owned, time.Now().Unix()); err == nil && dry {
			err = errDryRun
		}
		return err
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return err
	}
	printImport(p, old, r)
	if dry {
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
