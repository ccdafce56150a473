package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// An order is confirmed after something stopped payments, and was drafted before. Whoever
// reads that it may have been paid reads when it was ordered, and so does who lists it.
func TestAnOrderShowsWhenItWasOrdered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sell(t, d, inPerson)
		s.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE payment_order SET created = created - 60 WHERE id = $1`, s.o.ID)
			return err
		})
		s.stop(freeze.Cause{Ref: "something", Reason: freeze.Spent, What: "a test"})
		all, now, err := ordersUnderWay(t.Context(), d)
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v (%v)", all, err)
		}
		var list bytes.Buffer
		if err := showOrder(t.Context(), &list, d, &all[0], now); err != nil {
			t.Fatal(err)
		}
		err = taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
			return giveHeld(ctx, o, worker.Operator{DB: d, Name: "me", Reason: "why", Looked: true})
		})
		if err == nil {
			t.Fatal("it is given back")
		}
		ordered, confirmed := at(soldAt-60), at(soldAt)
		for where, tt := range map[string]struct{ said, want string }{
			"list": {list.String(), ", ordered " + ordered}, "list, confirmed": {list.String(), confirmed},
			"release": {err.Error(), "after it was ordered, at " + ordered},
		} {
			if !strings.Contains(tt.said, tt.want) {
				t.Errorf("%s: want %q in %q", where, tt.want, tt.said)
			}
		}
	})
}

// By the copy a gateway has an order in hand. None runs that could; whoever is refused reads
// until when, and then it goes.
func TestAnOrderInHandSaysUntilWhen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sell(t, d, inPerson)
		s.do(func(tx *db.Tx) error {
			_, err := paymentorder.Claim(t.Context(), tx, paymentorder.Lightning, 60)
			return err
		})
		take := func() error {
			return taken(t.Context(), d, s.o.ID, func(context.Context, *paymentorder.Order) error { return nil })
		}
		until := time.Unix(soldAt+60+releaseTime, 0)
		d.SetClock(func() time.Time { return until.Add(-time.Second) })
		if err := take(); err == nil || !strings.Contains(err.Error(), "when these books were copied: try again after "+until.UTC().Format(time.DateTime)) {
			t.Errorf("got %v", err)
		}
		d.SetClock(func() time.Time { return until })
		if err := take(); err != nil {
			t.Errorf("it is said to be free by then: %v", err)
		}
	})
}
