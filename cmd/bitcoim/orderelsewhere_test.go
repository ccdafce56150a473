package main

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// The gateway runs and has the journal of its Moneysocket wallet. An operator releases an
// order of which the journal does not say what became, all the same.
func TestAnOrderIsReleasedWhileTheGatewayHasTheJournal(t *testing.T) {
	for name, tt := range map[string]struct {
		mute error
		want paymentorder.State
	}{
		"the gateway has the journal": {lightning.ErrElsewhere, paymentorder.Failed},
		"the node is silent":          {lightning.ErrUnreachable, paymentorder.Stuck},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, inPerson)
				s.beginsAt("02aa")
				node := says{key: "02aa", mute: tt.mute, out: lightning.Outcome{Hash: s.preimage.Hash(), State: lightning.NotFound}}
				err := taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
					return releaseAt(ctx, node, o, worker.Operator{DB: d, Name: "me", Reason: "why", Checked: true})
				})
				if (err == nil) != (tt.want == paymentorder.Failed) {
					t.Errorf("got %v", err)
				}
				if tt.want == paymentorder.Failed {
					s.is(tt.want, 100_000, 0)
				} else {
					s.is(tt.want, 49_000, 51_000)
				}
			})
		})
	}
}

// The nodes were looked at, and the gateway began meanwhile and has the journal of its
// Moneysocket wallet, which says that a held order was not made. It is given back.
func TestAHeldOrderIsReleasedWhileTheGatewayHasTheJournal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sell(t, d, inPerson)
		s.knows("02aa")
		node := says{key: "02aa", mute: lightning.ErrElsewhere, out: lightning.Outcome{Hash: s.preimage.Hash(), State: lightning.NotFound}}
		err := taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
			return releaseHeld(ctx, node, o, worker.Operator{DB: d, Name: "me", Reason: "why", Looked: true})
		})
		if err != nil {
			t.Error(err)
		}
		s.is(paymentorder.Failed, 100_000, 0)
	})
}
