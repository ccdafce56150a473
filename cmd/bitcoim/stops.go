package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// end says what ends a cause that stops payments.
func end(c freeze.Cause) string {
	const over = "it is over when an audit finds it no more"
	switch {
	case !c.Declarable(), c.Reason == freeze.Earlier: // which says how it is booked
		return over
	case c.ClearsItself():
		return over + "; " + declaring(c.Ref)
	}
	return declaring(c.Ref)
}

// stopped says since when a cause stops payments, what it is, and what ends it.
func stopped(c freeze.Cause) string {
	return fmt.Sprintf("stopped since %s: %s: %s; %s", time.Unix(c.Since, 0).UTC().Format(time.DateTime), c.Ref, c.What, end(c))
}

// declaring is what an operator says when he knows what something was. Of another wallet
// or node he knows that, too, who mistyped its name: he is asked for the money.
func declaring(ref string) string {
	known := "you know what it was"
	if freeze.Changeover(ref) {
		known = "you brought all that users own there"
	}
	return "if " + known + ": bitcoim audit -declare " + ref + " -reason WHY"
}

// stops is what the log has of what stops payments to the outside: each thing
// once, and its end once. Whoever finds it, here or at another gateway, only writes
// it into the database.
type stops map[freeze.Cause]bool

func (g *gateway) tellStops(ctx context.Context) (bool, error) {
	all, err := freeze.Causes(ctx, g.db.Read())
	if err != nil {
		return false, err
	}
	now := stops{}
	for _, c := range all {
		if now[c] = true; !g.stops[c] {
			g.log.Error("payments to the outside are stopped", "by", c.Ref, "reason", string(c.Reason), "what", c.What,
				"since", time.Unix(c.Since, 0).UTC().Format(time.DateTime), "end", end(c))
		}
	}
	for c := range g.stops {
		if !now[c] {
			g.log.Warn("this stops payments no more", "by", c.Ref, "what", c.What, "left", len(all))
		}
	}
	if len(all) == 0 && len(g.stops) > 0 {
		g.log.Warn("payments to the outside go on")
	}
	g.stops = now
	return false, nil
}

// sayStopped says that payments to the outside are stopped, if they are, by what,
// and what ends that.
func sayStopped(ctx context.Context, out io.Writer, d *db.DB) error {
	all, err := freeze.Causes(ctx, d.Read())
	for _, c := range all {
		fmt.Fprintf(out, "payments to the outside are %s\n", stopped(c))
	}
	return err
}
