package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Sums that were not compared are not printed: zeros would look like what a node holds.
func TestAReportPrintsTheSumsThatItHas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for none, want := range map[bool]int{false: 1, true: 0} {
			var out bytes.Buffer
			if err := printReport(t.Context(), &out, d, audit.Report{World: true, NoSums: none, Coins: 1, Payments: 2}); err != nil {
				t.Fatal(err)
			}
			for _, line := range []string{"by the books ", "difference ", "compared        1 deposit, 2 payments, 0 receipts\n"} {
				if strings.Count(out.String(), line) != want {
					t.Errorf("no sums %v: want %q %d times in\n%s", none, line, want, out.String())
				}
			}
		}
	})
}
