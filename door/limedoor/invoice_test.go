package limedoor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/lime"
)

// The town's invoices are good for an hour, unless less is wanted.
func TestWhenAnInvoiceExpires(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann")
		b := w.bot("ann", w.link("ann", "receive-only"))
		now := time.Unix(w.clock.Load(), 0)
		for _, tt := range []struct {
			name, expires string
			want          time.Duration
		}{
			{"as usual", `null`, time.Hour},
			{"seconds", `600`, 10 * time.Minute},
			{"a time", `"` + now.Add(10*time.Minute).UTC().Format(time.RFC3339) + `"`, 10 * time.Minute},
			{"a time elsewhere", `"` + now.Add(10*time.Minute).In(time.FixedZone("", 7200)).Format(time.RFC3339) + `"`, 10 * time.Minute},
			{"more than usual", `31536000`, time.Hour},
			{"for ever", `9223372036854775807`, time.Hour},
		} {
			i := must[limedoor.Invoice](b, lime.Set, "/invoices", resource(limedoor.TypeInvoice, fmt.Sprintf(`{"amount":2500,"expires":%s}`, tt.expires)))
			at, err := time.Parse(time.RFC3339, i.Expires)
			// The node has a clock of its own, which goes on while the test runs.
			if lasts := at.Sub(now); err != nil || lasts < tt.want-time.Minute || lasts > tt.want+20*time.Minute {
				t.Errorf("%s: %s, which is after %v, %v", tt.name, i.Expires, lasts, err)
			}
		}
	})
}
