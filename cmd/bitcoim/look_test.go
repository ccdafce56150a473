package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
)

// away is a node that does not answer.
type away struct{ chain.Node }

func (away) Info(context.Context) (chain.Info, error) { return chain.Info{}, chain.ErrUnreachable }

// Somebody holds what stops payments, and does not let it go. The gateway that finds
// something can tell nobody, and begins nothing itself.
func TestAGatewayRemembersWhatItCouldNotWriteDown(t *testing.T) {
	for name, tt := range map[string]struct{ wrong, want bool }{"the books do not add up": {true, true}, "they do": {false, false}} {
		t.Run(name, func(t *testing.T) {
			c := dbtest.Empty(t, db.Postgres)
			sep := "?"
			if strings.Contains(c.DSN, "?") {
				sep = "&"
			}
			c.DSN += sep + "lock_timeout=50"
			d := dbtest.Open(t, c)
			f := freezer{t, d}
			if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
				t.Fatal(err)
			}
			if tt.wrong {
				f.do(func(tx *db.Tx) error {
					from, err := ledger.System(t.Context(), tx, "chain")
					if err != nil {
						return err
					}
					u, _, err := useraccount.Register(t.Context(), tx, "ann@example.org", 1)
					if err != nil {
						return err
					}
					return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "coin:aa:0", Step: "credit:1", Debit: from, Credit: u.Money, Amount: 1, At: 1})
				})
			}
			g := &gateway{db: d, node: away{}, log: slog.New(slog.DiscardHandler)}
			g.config.Audit.Every = time.Minute
			f.do(func(tx *db.Tx) error {
				if err := freeze.Unless(t.Context(), tx, freeze.Stopped); err != nil {
					return err
				}
				if _, err := g.audit(t.Context()); tt.wrong != (err != nil) {
					t.Errorf("the look says %v", err)
				}
				return nil
			})
			if got := g.frozen.Load(); got != tt.want {
				t.Errorf("it begins no payment: %v, want %v", got, tt.want)
			}
		})
	}
}
