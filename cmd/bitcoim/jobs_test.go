package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// idle is a node to which nothing is paid.
type idle struct{ says }

func (idle) Settled(ctx context.Context, _ uint64, _ func(lightning.Receipt) error) error {
	<-ctx.Done()
	return ctx.Err()
}

// A gateway that starts books what the node has proved of a payment that another one
// died with, without waiting for its lease.
func TestAGatewayThatStartsBooksWhatIsProved(t *testing.T) {
	s := sell(t, dbtest.SQLite(t), inPerson)
	s.do(func(tx *db.Tx) error {
		o, err := paymentorder.Claim(t.Context(), tx, paymentorder.Lightning, 60)
		if err != nil {
			return err
		}
		return o.Begin(t.Context(), tx, soldAt+60, soldAt)
	})
	made := lightning.Outcome{Hash: s.preimage.Hash(), State: lightning.Succeeded, Preimage: s.preimage, Amount: 50_000}
	g := &gateway{db: s.DB, log: slog.New(slog.DiscardHandler), lightning: idle{says{out: made}}}
	work, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var back errgroup.Group
	for _, job := range g.channels(&worker.Signal{}, stop) { // there is a notice: it was booked
		back.Go(func() error { return job(work) })
	}
	if err := back.Wait(); err != nil {
		t.Error(err)
	}
	s.is(paymentorder.Done, 50_000, 0)
}
