package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// What the node received for invoices that the books do not know is no finding, and is
// said: the books may be a copy from before the invoices were made. What came without an
// invoice is nobody's here.
func TestReceiptsThatTheBooksDoNotKnowAreNoted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := looked(t, d)
		noted := func(when, want string) {
			t.Helper()
			r, err := audit.World(t.Context(), d, g.on, g.ln, audit.Everything)
			if err != nil || len(r.Findings) > 0 {
				t.Fatalf("%s: found %+v (%v)", when, r.Findings, err)
			}
			if notes := strings.Join(r.Notes, "\n"); !strings.HasPrefix(notes, want) {
				t.Errorf("%s: noted %q, want %q", when, notes, want)
			}
		}
		const own = "1 receipt over Lightning, 0.007 sat, to invoices that the books do not know"
		noted("the operator's", own)
		g.ln.received = append(g.ln.received, lightning.Receipt{Hash: secret("spontaneous").Hash(), Amount: 7_000, SettleIndex: 50, Keysend: true})
		noted("without an invoice", own)
		g.ln.receives("lost", 5_000_000, 51)
		noted("another", "2 receipts over Lightning, 5 000.007 sat, to invoices")
		g.ln.received = append(g.ln.received, lightning.Receipt{Hash: secret("later").Hash(), Amount: 1_000, SettleIndex: 52, Settled: time.Unix(now, 0)})
		noted("a third", "3 receipts over Lightning, 5 001.007 sat, the last one at 1970-01-12 13:46:40, to invoices")
	})
}
