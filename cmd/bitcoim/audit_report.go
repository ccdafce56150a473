package main

import (
	"context"
	"fmt"
	"io"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/ledger"
)

// printReport prints what was proved, and what was found not to be so.
func printReport(ctx context.Context, out io.Writer, d *db.DB, r audit.Report) error {
	if err := printRules(ctx, out, d, r.Checked, r.Findings); err != nil {
		return err
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(out, "WARN   %s\n", w)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(out, "note   %s\n", n)
	}
	fmt.Fprintf(out, "owed to users   %s\n", inSat(r.Owed))
	if r.World && !r.NoSums {
		fmt.Fprintf(out, "in the wallet   %s (%s, block %d)\n", inSat(r.Wallet), r.Node, r.NodeBlock)
		if r.Channels != 0 {
			fmt.Fprintf(out, "in channels     %s\n", inSat(r.Channels))
		}
		fmt.Fprintf(out, "by the books    %s\n", inSat(r.Expected))
		fmt.Fprintf(out, "difference      %s\n", inSat(r.Surplus))
		fmt.Fprintf(out, "compared        %s, %s, %s\n", counted(r.Coins, "deposit"), counted(r.Payments, "payment"), counted(r.Receipts, "receipt"))
	}
	if len(r.Findings) == 0 {
		fmt.Fprintln(out, "the books are in order")
	}
	return nil
}

func inSat(m amount.Msat) string { return amount.Format(m, amount.InSat, " ", ".") + " sat" }

// counted is a number of things.
func counted(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprintf("%d %s", n, of)
}

// printRules says of each rule whether it is kept. A rule is what must be so.
func printRules(ctx context.Context, out io.Writer, d *db.DB, checked []string, found []ledger.Finding) error {
	broken := map[string]bool{}
	for _, f := range found {
		broken[f.Rule] = true
	}
	for _, rule := range checked {
		if !broken[rule] {
			fmt.Fprintf(out, "ok     %s\n", rule)
		}
	}
	for _, f := range found {
		if broken[f.Rule] {
			fmt.Fprintf(out, "FOUND  it is not so that %s:\n", f.Rule)
			broken[f.Rule] = false
		}
		if f.Ref == "" {
			fmt.Fprintf(out, "       %s\n", f.What)
			continue
		}
		how, err := end(ctx, d.Read(), freeze.Cause{Ref: f.Ref, Reason: freeze.Reason(f.Reason)})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "       %s: %s\n       %s\n", f.Ref, f.What, how)
	}
	return nil
}
