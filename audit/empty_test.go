package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
)

// A mistyped name of the database makes an empty one, which owes nobody anything. Before a
// wallet with a past that is a warning, for as long as nothing is booked; before a new one
// it is how a gateway begins.
func TestEmptyBooksBeforeAWalletWithAPast(t *testing.T) {
	for name, tt := range map[string]struct {
		holds amount.Msat
		sent  bool
		want  string
	}{
		"a new wallet":      {},
		"one with coins":    {holds: 5_000 * amount.Sat, want: "and the nodes hold 5 000 sat: if"},
		"one that is empty": {sent: true, want: "and the nodes have sent before: if"},
		"one with both":     {holds: 5_000 * amount.Sat, sent: true, want: "hold 5 000 sat and have sent before: if"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				g := &gateway{town: &town{t: t, d: d}, on: past{wallet: wallet{holds: tt.holds}, asked: new(int)}}
				if tt.sent {
					g.on.sent = []chain.Sent{{TxID: "a", At: now}}
				}
				warned := func(when, want string) {
					t.Helper()
					r, err := audit.World(t.Context(), d, g.on, nil, audit.Lately)
					if err != nil || len(r.Findings) > 0 {
						t.Fatalf("%s: %+v (%v)", when, r, err)
					}
					g.keep(r)
					if got := strings.Join(r.Warnings, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
						t.Errorf("%s: warned %q, want %q", when, got, want)
					}
				}
				warned("at first", tt.want)
				warned("at the next look", tt.want)
				g.tx(func(ctx context.Context, tx *db.Tx) error {
					u, _, err := useraccount.Register(ctx, tx, "ann@example.org", now)
					if err != nil {
						return err
					}
					from, err := ledger.System(ctx, tx, "chain")
					if err != nil {
						return err
					}
					g.on.holds += amount.Sat
					return ledger.Post(ctx, tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: u.Money, Amount: amount.Sat, At: now})
				})
				warned("when something is booked", "")
			})
		})
	}
}

// No Lightning node is configured, and users are owed what came over one: the wallet has not
// all that they own. What is proved is said, and that it is not all.
func TestWhatIsNotComparedIsNotSaidToBeProved(t *testing.T) {
	const apart = "the wallet holds what users are owed but for what came over Lightning"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &town{t: t, d: d}
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			u, _, err := useraccount.Register(ctx, tx, "ann@example.org", now)
			if err != nil {
				return err
			}
			from, err := ledger.System(ctx, tx, "lightning")
			if err != nil {
				return err
			}
			return ledger.Post(ctx, tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: u.Money, Amount: 5_000 * amount.Sat, At: now})
		})
		for name, tt := range map[string]struct {
			holds           amount.Msat
			rule, otherwise string
			note            string
		}{
			"the wallet has none of it": {0, apart, owed, "5 000 sat came over Lightning and are owed to users"},
			"the wallet has it all":     {5_000 * amount.Sat, owed, apart, ""},
		} {
			r, err := audit.World(t.Context(), d, past{wallet: wallet{holds: tt.holds}, asked: new(int)}, nil, audit.Everything)
			if err != nil || len(r.Findings) > 0 || !slices.Contains(r.Checked, tt.rule) || slices.Contains(r.Checked, tt.otherwise) {
				t.Errorf("%s: proved %q (%v)", name, r.Checked, err)
			}
			if got := strings.Join(r.Notes, "\n"); !strings.HasPrefix(got, tt.note) || tt.note == "" && got != "" {
				t.Errorf("%s: noted %q, want %q", name, got, tt.note)
			}
		}
	})
}
