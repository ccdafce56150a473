package main

import (
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// look looks at everything, and keeps nothing yet.
func (c *copied) look() audit.Report {
	c.Helper()
	r, err := audit.World(c.Context(), c.DB, still{}, c.node, audit.Everything)
	if err != nil {
		c.Fatal(err)
	}
	return r
}

func (c *copied) keep(r audit.Report) {
	c.Helper()
	if _, err := keep(c.Context(), c.DB, r); err != nil {
		c.Fatal(err)
	}
}

// An operator books what the node paid while a gateway looks. That an earlier look had
// found it is no finding of this one, which is kept after it was booked.
func TestALookThatIsKeptLateStopsNothingThatWasBooked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.Succeeded)
		c.finds(freeze.Paid)
		late := c.look()
		if len(late.Findings) != 1 || late.Findings[0].Ref != c.o.Hash.String {
			t.Errorf("found %+v, want what goes on to stop payments", late.Findings)
		}
		c.book()
		c.stopped()
		c.keep(late)
		c.stopped()
	})
}

// The look itself found the payment, before it was booked. It stops payments when it is
// kept, until the next look finds the order that explains it, also one of what is new.
func TestAPaymentIsExplainedByTheOrderThatWasBooked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := restored(t, d, lightning.Succeeded)
		late := c.look()
		c.book()
		c.keep(late)
		c.stopped(freeze.Paid)
		r, err := audit.World(t.Context(), d, still{}, c.node, audit.Lately)
		if err != nil || len(r.Findings) > 0 {
			t.Errorf("found %+v (%v)", r.Findings, err)
		}
		c.keep(r)
		c.stopped()
	})
}

// An order that is done explains the payment that it made, and no other for the same hash.
func TestAnotherPaymentIsNotExplained(t *testing.T) {
	for name, other := range map[string]func(c *copied){
		"of another amount":  func(c *copied) { c.node.out.Amount++ },
		"of another node":    func(c *copied) { c.node.key = "" },
		"not made yet":       func(c *copied) { c.node.out.State = lightning.InFlight },
		"that is not listed": func(c *copied) { c.node.out = lightning.Outcome{} },
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.Succeeded)
				late := c.look()
				c.book()
				c.keep(late)
				other(c)
				c.keep(c.look())
				all, err := freeze.Causes(t.Context(), d.Read())
				if err != nil || !slices.ContainsFunc(all, func(c freeze.Cause) bool { return c.Reason == freeze.Paid }) {
					t.Errorf("stopped by %+v (%v)", all, err)
				}
			})
		})
	}
}
