package audit_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// What is found of one receipt has its payment hash for a name, as what is found of one
// payment has.
func TestWhatIsFoundOfOneReceiptIsDeclaredByItsName(t *testing.T) {
	for name, tt := range map[string]struct {
		says   func(c *channels)
		of     string
		reason freeze.Reason
	}{
		"not credited": {func(c *channels) { c.receives("open", 1_000, 2) }, "open", freeze.Uncredited},
		"credited by another amount": {func(c *channels) {
			c.change("came", func(r *lightning.Receipt) { r.Amount-- }, nil)
		}, "came", freeze.Miscredited},
		"not received": {func(c *channels) { c.forget("came") }, "came", freeze.Unreceived},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := looked(t, d)
				on, right := honest()
				g.on.wallet = on
				_, wrong := honest()
				tt.says(&wrong)
				h := secret(tt.of).Hash().String()
				g.sees(h, peer{wrong, first})
				all, err := freeze.Causes(t.Context(), d.Read())
				if err != nil || len(all) != 1 || all[0].Reason != tt.reason {
					t.Errorf("stopped by %+v (%v), want %q", all, err, tt.reason)
				}
				g.sees("", peer{right, first})
				g.sees(h, peer{wrong, first})
				g.declare(h)
				g.sees("", peer{wrong, first})
			})
		})
	}
}
