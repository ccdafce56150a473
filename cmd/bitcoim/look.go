package main

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/audit"
)

// looks is what a gateway remembers of its looks at the nodes.
type looks struct {
	next  time.Time
	noted map[string]bool // what the nodes did for themselves, told once
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
	r, err := settled(ask, g.db, g.node, g.lightning, audit.Lately)
	if err != nil { // what it says of the books alone may be half, if it was they that failed
		var wrong error
		if r, wrong = audit.Ledger(ctx, g.db.Read()); wrong != nil {
			return false, wrong
		}
	}
	for _, f := range r.Findings {
		g.log.Error("the audit found something; payments to the outside stop", "rule", f.Rule, "found", f.What)
	}
	if _, keepErr := keep(ctx, g.db, r); keepErr != nil {
		return false, keepErr
	}
	g.later(now)
	if err != nil {
		g.log.Warn("the books could not be compared with the node", "err", err)
		return false, nil
	}
	g.note(r.Notes)
	if g.frozen.Swap(false) {
		g.log.Info("the books and the nodes were compared", "findings", len(r.Findings))
	}
	g.looks.next = now.Add(g.config.Audit.Every)
	return false, nil
}

// later is when the next look is due if this one came to nothing.
func (g *gateway) later(now time.Time) {
	if !g.frozen.Load() {
		g.looks.next = now.Add(min(time.Minute, g.config.Audit.Every))
	}
}

// note tells once what the nodes did for themselves.
func (g *gateway) note(all []string) {
	noted := map[string]bool{}
	for _, n := range all {
		if noted[n] = true; !g.looks.noted[n] {
			g.log.Info("seen at the nodes", "what", n)
		}
	}
	g.looks.noted = noted
}
