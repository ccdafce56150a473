package audit_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// doubtful are channels that show what they never told.
type doubtful struct {
	channels
	all []lightning.Doubt
	err error
}

func (d doubtful) Doubts(context.Context) ([]lightning.Doubt, error) { return d.all, d.err }

func TestWhatAnAccountNeverToldIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		lightningTown(t, d)
		node, ln := honest()
		for name, tt := range map[string]struct {
			doubt lightning.Doubt
			stops bool
		}{
			"too much":                     {lightning.Doubt{What: "the account shows 7 msat too much"}, false},
			"gone, and nobody sent it out": {lightning.Doubt{What: "at least 7 more are missing", Lost: true}, true},
		} {
			r, err := audit.World(t.Context(), d, node, doubtful{ln, []lightning.Doubt{tt.doubt}, nil}, audit.Everything)
			if err != nil || len(r.Findings) != 1 || r.Findings[0].What != tt.doubt.What {
				t.Fatalf("%s: got %+v (%v)", name, r.Findings, err)
			}
			if !slices.Contains(r.Checked, r.Findings[0].Rule) {
				t.Errorf("%s: checked %q", name, r.Checked)
			}
			if causes := audit.Stops(r); len(causes) == 1 != tt.stops {
				t.Errorf("%s: stops payments for %v", name, causes)
			}
		}
		if r, err := audit.World(t.Context(), d, node, ln, audit.Everything); err != nil || slices.Contains(r.Checked, "the account shows what its journal explains") {
			t.Errorf("a node that keeps no journal: checked %q (%v)", r.Checked, err)
		}
		away := errors.New("the provider is away")
		if _, err := audit.World(t.Context(), d, node, doubtful{ln, nil, away}, audit.Everything); !errors.Is(err, away) {
			t.Errorf("got %v, want that nobody could say", err)
		}
	})
}
