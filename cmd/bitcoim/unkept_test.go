package main

import (
	"context"
	"log/slog"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// The gateway runs, and looked once. An order was drafted since, a look finds what the wallet
// sent, and cannot write it down. Its payer gets no more back than if it were on the books.
func TestWhatCouldNotBeWrittenDownIsOfAllOrdersByThen(t *testing.T) {
	for name, asks := range map[string]bool{"and the orders can be read": true, "nor can anything be read": false} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.NotFound)
				c.toAddress()
				g := &gateway{db: d, log: slog.New(slog.DiscardHandler)}
				g.untilLooked(c.o.ID - 1)
				g.compared(c.now, 0)
				r, err := audit.World(t.Context(), d, sender{}, c.node, audit.Lately)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				if !asks {
					cancel()
				}
				g.remember(ctx, &r)
				cancel()
				c.drops(g, "order.may-be-made")
				c.is(paymentorder.Held, 49_000, 51_000)
				g.compared(c.now, 0)
				if newest := g.unlooked(paymentorder.OnChain); newest != 0 {
					t.Errorf("a look was kept, and orders up to %d wait for one", newest)
				}
			})
		})
	}
}
