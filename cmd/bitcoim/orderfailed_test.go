package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// lasting is a node that says one thing of every payment, of an invoice that can be paid
// until then.
type lasting struct {
	says
	until time.Time
}

func (l lasting) Decode(context.Context, string) (lightning.Invoice, error) {
	return lightning.Invoice{Expires: l.until}, nil
}

// A gateway was killed between the note of its call and the node; another one called, and
// the payment failed. It may be years until the invoice expires. An operator hears when
// the money comes back, and gives it back at once if the killed one is known to be dead.
func TestOrderReleaseWhileACallIsOut(t *testing.T) {
	at := func(d time.Duration) string { return time.Unix(soldAt, 0).Add(d).UTC().Format(time.DateTime) }
	for name, tt := range map[string]struct {
		second  bool // another gateway called
		expires time.Duration
		after   time.Duration
		check   bool
		want    string // in the error; "" is released
	}{
		"the operator has not looked":             {true, 1000 * time.Hour, 7 * time.Hour, false, at(7 * 24 * time.Hour)},
		"the invoice expires sooner":              {true, 10 * time.Hour, 7 * time.Hour, false, at(10*time.Hour + 10*time.Minute)},
		"the operator has looked":                 {true, 1000 * time.Hour, 7 * time.Hour, true, ""},
		"nobody waits for it any more":            {true, 1000 * time.Hour, 8 * 24 * time.Hour, true, "by itself"},
		"it was the only call, which is its end":  {false, 1000 * time.Hour, 7 * time.Hour, true, "by itself"},
		"it was the only one, and nobody looked":  {false, 1000 * time.Hour, 7 * time.Hour, false, "by itself"},
		"nobody waits any more, and nobody looks": {true, time.Hour, 7 * time.Hour, false, "by itself"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, inPerson)
				s.do(func(tx *db.Tx) error {
					if err := s.o.Begin(t.Context(), tx, soldAt, soldAt); err != nil || !tt.second {
						return err
					}
					if err := s.o.Call(t.Context(), tx); err != nil {
						return err
					}
					return s.o.Return(t.Context(), tx)
				})
				s.do(func(tx *db.Tx) error { return s.o.Later(t.Context(), tx, soldAt) })
				d.SetClock(func() time.Time { return time.Unix(soldAt, 0).Add(tt.after) })
				node := lasting{says{out: lightning.Outcome{Hash: s.preimage.Hash(), State: lightning.Failed}}, time.Unix(soldAt, 0).Add(tt.expires)}
				err := taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
					return releaseAt(ctx, node, o, worker.Operator{DB: d, Name: "me", Reason: "it is dead", Checked: tt.check})
				})
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				if err == nil {
					s.is(paymentorder.Failed, 100_000, 0)
				} else {
					s.is(paymentorder.Sending, 49_000, 51_000)
				}
			})
		})
	}
}
