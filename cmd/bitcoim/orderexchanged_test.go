package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// exchanged is a node in whose place another one is from the second question on.
type exchanged struct {
	lightning.Node // that an order began at
	other          lightning.Node
	asked          int
}

func (e *exchanged) now() lightning.Node {
	if e.asked++; e.asked > 1 {
		return e.other
	}
	return e.Node
}

func (e *exchanged) Info(ctx context.Context) (lightning.Info, error) { return e.now().Info(ctx) }

func (e *exchanged) Find(ctx context.Context, h lightning.Hash) (lightning.Outcome, error) {
	return e.now().Find(ctx, h)
}

// beginsAt lets the order begin at a node and stay with the operator.
func (s *sale) beginsAt(node string) {
	s.Helper()
	s.do(func(tx *db.Tx) error {
		s.o.Node = node
		if err := s.o.Begin(s.Context(), tx, soldAt, soldAt); err != nil {
			return err
		}
		return s.o.MarkConflicted(s.Context(), tx, soldAt)
	})
}

// Another node has the place of ours while an operator ends an order. Its word about the
// payment is not taken for that of ours, whose own word counts: the payment may be on its
// way there.
func TestAnOrderIsNotEndedByTheWordOfANodeThatCameMeanwhile(t *testing.T) {
	for name, tt := range map[string]struct {
		ours, other lightning.State
		book, check bool
		want        string // in the error
	}{
		"it is on its way, and failed at the other":       {ours: lightning.InFlight, other: lightning.Failed, check: true, want: "is on its way"},
		"it failed, and nobody says that it did at ours":  {ours: lightning.Failed, other: lightning.Failed, want: `began at the Lightning node "02aa", and this is "02bb"`},
		"it is booked, and the other made it":             {ours: lightning.NotFound, other: lightning.Succeeded, book: true, want: "-i-have-checked"},
		"it is booked, is on its way, and failed there":   {ours: lightning.InFlight, other: lightning.Failed, book: true, check: true, want: "is on its way"},
		"it is booked, and nobody says that ours made it": {ours: lightning.Succeeded, other: lightning.Succeeded, book: true, want: "-i-have-checked"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, inPerson)
				s.beginsAt("02aa")
				at := func(key string, state lightning.State) lightning.Node {
					return lasting{says: says{key: key, out: lightning.Outcome{Hash: s.preimage.Hash(), State: state, Preimage: s.preimage, Amount: 50_000}}}
				}
				node := &exchanged{Node: at("02aa", tt.ours), other: at("02bb", tt.other)}
				var err error
				if tt.book {
					var out bytes.Buffer
					err = book(t.Context(), &program{out: &out, err: &out}, d, node, s.o.ID, made{proof: s.preimage.Hex(), reason: "why", checked: tt.check})
				} else {
					err = taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
						return releaseAt(ctx, node, o, worker.Operator{DB: d, Name: "me", Reason: "why", Checked: tt.check})
					})
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				s.is(paymentorder.Stuck, 49_000, 51_000)
			})
		})
	}
}
