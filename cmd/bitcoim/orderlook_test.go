package main

import (
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
	r, err := audit.World(c.Context(), c.Read(), still{}, c.node, audit.Everything)
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
