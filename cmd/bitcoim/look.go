package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// looks is what a gateway remembers of its looks at the nodes.
type looks struct {
	next    time.Time
	read    bool            // all the books were read once since the start
	failing worker.Outage   // while they come to nothing
	noted   map[string]bool // what was told once
}

const (
	firstLook = 2 * time.Second  // how soon a first look that failed is tried again
	lookTime  = 5 * time.Minute  // for one look at what is new
	wholeTime = 30 * time.Minute // for the first, which may be at everything
)

// audit looks whether the books agree with themselves and with the nodes. What
// it finds stops payments to the outside at every gateway of the database, and
// until it has looked once this one begins none: the database may be a copy
// that is older than what the nodes did. A node that does not answer is no
// finding, and no look.
func (g *gateway) audit(ctx context.Context) (bool, error) {
	now := time.Now()
	if now.Before(g.looks.next) {
		return false, nil
	}
	limit := lookTime
	if g.frozen.Load() {
		limit = wholeTime
	}
	ask, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	of := audit.Lately
	if !g.looks.read {
		of = audit.AllBooks
	}
	r, err := settled(ask, g.db, g.node, g.lightning, of)
	if err != nil { // what it says of the books alone may be half, if it was they that failed
		var wrong error
		if r, wrong = audit.Ledger(ctx, g.db, of); wrong != nil {
			return false, wrong
		}
	}
	if _, keepErr := keep(ctx, g.db, r); keepErr != nil {
		g.remember(ctx, &r)
		return false, keepErr
	}
	g.looks.read = true
	g.later(now)
	if err != nil {
		g.notCompared(now, err)
		return false, nil
	}
	g.note(r)
	g.looks.next = now.Add(g.config.Audit.Every)
	if !r.Ended() { // what it did not come to is not known yet: a gateway that begins goes on to wait
		g.looks.next = now.Add(min(time.Minute, g.config.Audit.Every))
		return false, nil
	}
	g.compared(now, len(r.Findings))
	return false, nil
}

// untilLooked lets this gateway begin no payment, and give nothing back of the orders up to
// the newest, until a look is kept.
func (g *gateway) untilLooked(newest paymentorder.ID) {
	g.newest.Store(int64(newest)) // before it is asked for
	g.frozen.Store(true)
}

// remember stops the payments of this gateway for what could not be written down for
// all, until a look could. The orders that there are now may have been paid by newer books,
// as if it were written down; if nobody can say which there are, any may.
func (g *gateway) remember(ctx context.Context, r *audit.Report) {
	if !r.Stops() {
		return
	}
	newest, err := paymentorder.Newest(ctx, g.db.Read())
	if err != nil {
		newest = 1<<63 - 1 // above that of any
	}
	was := g.frozen.Load()
	if g.untilLooked(newest); !was {
		g.log.Error("what an audit found could not be written down; this gateway begins no payment to the outside until a look is", "findings", len(r.Findings))
	}
}

// later is when the next look is due if this one came to nothing.
func (g *gateway) later(now time.Time) {
	if !g.frozen.Load() {
		g.looks.next = now.Add(min(time.Minute, g.config.Audit.Every))
	}
}

// notCompared says that looks come to nothing. It is no error of its own: the loops
// that ask the same node for their work say how bad it is.
func (g *gateway) notCompared(now time.Time, err error) {
	g.looks.failing.Tell(g.log, now, slog.LevelWarn, "the books could not be compared with the node", err)
}

// compared says that the first look came to something, and so the first after one
// of which the contrary was said.
func (g *gateway) compared(now time.Time, findings int) {
	told, _ := g.looks.failing.Over(now)
	if first := g.frozen.Swap(false); first || told {
		g.log.Info("the books and the nodes were compared", "findings", findings)
	}
}

// note tells once what the nodes did for themselves, what an audit warns of, and what was found and stops
// no payments. What stops them is told by tellStops.
func (g *gateway) note(r audit.Report) {
	noted := map[string]bool{}
	for _, n := range r.Notes {
		if noted[n] = true; !g.looks.noted[n] {
			g.log.Info("seen at the nodes", "what", n)
		}
	}
	for _, w := range r.Warnings {
		if noted[w] = true; !g.looks.noted[w] {
			g.log.Warn("the audit warns", "what", w)
		}
	}
	for _, f := range r.Harmless() {
		if noted[f.What] = true; !g.looks.noted[f.What] {
			g.log.Warn("the audit found something; payments go on", "not so", f.Rule, "what", f.What)
		}
	}
	g.looks.noted = noted
}
