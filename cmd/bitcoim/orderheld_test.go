package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// The books may be an older copy. While something says so, an order that is held in them is
// given back on the operator's word that nobody was paid, and not on that of a node that is
// another one, has forgotten, or is not there to be asked.
func TestOrderReleaseOfWhatIsHeldAsksTheOperator(t *testing.T) {
	onChain := func(_ *sale, _ *db.Tx, draft *paymentorder.Draft) paymentorder.Approval {
		draft.Invoice, draft.Hash, draft.ToAddress = "", "", "bcrt1qsomebody"
		return paymentorder.InPerson()
	}
	for name, tt := range map[string]struct {
		draft func(*sale, *db.Tx, *paymentorder.Draft) paymentorder.Approval
		stops freeze.Reason // after it was ordered; "" nothing does
		key   string        // of the node that answers; "" if none is configured
		want  bool          // that it asks
	}{
		"nothing stops payments":                       {draft: inPerson, key: "02aa"},
		"another node answers, and nobody has said so": {draft: inPerson, key: "03bb", want: true},
		"another node answers":                         {draft: inPerson, key: "03bb", stops: freeze.OtherNode, want: true},
		"the node was set back":                        {draft: inPerson, key: "02aa", stops: freeze.Restored, want: true},
		"there is no node any more":                    {draft: inPerson, want: true},
		"to an address, and nothing stops payments":    {draft: onChain},
		"to an address, and the wallet sent something": {draft: onChain, stops: freeze.Spent, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, tt.draft)
				s.knows("02aa")
				if tt.stops != "" {
					d.SetClock(func() time.Time { return time.Unix(soldAt+60, 0) })
					s.stop(freeze.Cause{Ref: "something", Reason: tt.stops, What: "a test"})
				}
				releases := func(checked bool) error {
					by := worker.Operator{DB: d, Name: "me", Reason: "why", Looked: true, Checked: checked}
					return taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
						if tt.key != "" {
							node := says{key: tt.key, out: lightning.Outcome{Hash: s.preimage.Hash(), State: lightning.NotFound}}
							return releaseHeld(ctx, node, o, by)
						}
						none := config.Config{}
						none.Lightning.Backend = "none"
						return releaseTaken(ctx, &program{out: io.Discard, err: io.Discard}, none, o, by)
					})
				}
				err := releases(false)
				if asks := err != nil && strings.Contains(err.Error(), "-i-have-checked"); asks != tt.want || !asks && err != nil {
					t.Errorf("got %v", err)
				}
				if tt.want {
					s.is(paymentorder.Held, 49_000, 51_000)
					if err := releases(true); err != nil {
						t.Error(err)
					}
				}
				s.is(paymentorder.Failed, 100_000, 0)
			})
		})
	}
}

// knows lets the books know a Lightning node, and that they were compared, as a look does.
func (s *sale) knows(key string) {
	s.Helper()
	s.do(func(tx *db.Tx) error {
		_, err := tx.ExecContext(s.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ('look.node', $1, $2), ('look.chain', '', $2)`, key, soldAt)
		return err
	})
}
