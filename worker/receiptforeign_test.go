package worker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
)

// Books that are an older copy do not know the invoice of a user who made it since. That it
// was paid is a warning, with how much came and when; what came without an invoice is none.
func TestAReceiptOfAnInvoiceThatIsNotOnTheBooksIsAWarning(t *testing.T) {
	both(t, func(t *testing.T, r *room) {
		lost := lightning.Receipt{Hash: lightning.Hash{7}, Amount: 400_000, SettleIndex: 1, Settled: time.Unix(epoch, 0)}
		spontaneous := lightning.Receipt{Hash: lightning.Hash{8}, Amount: 7, SettleIndex: 2, Keysend: true}
		r.hears("02aa", lost, spontaneous)
		for _, line := range strings.Split(r.said.String(), "\n") {
			switch {
			case strings.Contains(line, lost.Hash.String()):
				if !strings.Contains(line, "level=WARN") || !strings.Contains(line, "msat=400000") || !strings.Contains(line, lost.Settled.UTC().Format(time.DateTime)) {
					t.Errorf("it says %q", line)
				}
				lost.Hash = lightning.Hash{}
			case strings.Contains(line, spontaneous.Hash.String()) && !strings.Contains(line, "level=INFO"):
				t.Errorf("it says %q", line)
			}
		}
		if (lost.Hash != lightning.Hash{}) {
			t.Errorf("nothing is said of it: %s", r.said.String())
		}
	})
}
