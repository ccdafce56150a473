package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// stopped says since when a cause stops payments, what it is, and what ends it.
func stopped(ctx context.Context, d *db.DB, c freeze.Cause) (string, error) {
	how, err := end(ctx, d.Read(), c)
	return fmt.Sprintf("stopped since %s: %s: %s; %s", time.Unix(c.Since, 0).UTC().Format(time.DateTime), c.Ref, c.What, how), err
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
			how, err := end(ctx, g.db.Read(), c)
			if err != nil {
				return false, err
			}
			g.log.Error("payments to the outside are stopped", "by", c.Ref, "reason", string(c.Reason), "what", c.What,
				"since", time.Unix(c.Since, 0).UTC().Format(time.DateTime), "end", how)
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
	if err != nil {
		return err
	}
	for _, c := range all {
		said, err := stopped(ctx, d, c)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "payments to the outside are %s\n", said)
	}
	return nil
}
