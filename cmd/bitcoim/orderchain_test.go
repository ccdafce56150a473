package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// shows is a node with a wallet that says one thing of every transaction, and sends none.
type shows struct {
	chain.Node
	keys []string
	chain.TxStatus
}

func (s shows) Info(context.Context) (chain.Info, error)           { return chain.Info{Synced: true}, nil }
func (s shows) Tx(context.Context, string) (chain.TxStatus, error) { return s.TxStatus, nil }
func (s shows) Broadcast(context.Context, chain.Prepared) error    { return chain.ErrRefused }
func (s shows) Release(context.Context, chain.Prepared) error      { return nil }
func (s shows) Keys(context.Context) ([]string, error)             { return s.keys, nil }

// An operator gives the money of a stuck payment back, and the node has another wallet
// than the one that signed it: that one knows nothing of it, and the operator hears so.
func TestAPaymentIsReleasedByTheWordOfItsOwnWallet(t *testing.T) {
	never := chain.TxStatus{State: chain.Unknown}
	deep := chain.TxStatus{State: chain.Conflicted, Confirmations: -6}
	for name, tt := range map[string]struct {
		node    shows
		checked bool
		want    string // in the error, "" if the money is back
	}{
		"another wallet, which never heard of it":      {shows{keys: []string{"third"}, TxStatus: never}, false, `the wallet "first" signed order`},
		"another wallet, which says that it is dead":   {shows{keys: []string{"third"}, TxStatus: deep}, false, `the wallet "first" signed order`},
		"another wallet, and the operator has checked": {shows{keys: []string{"third"}, TxStatus: never}, true, ""},
		"its own, which cannot tell":                   {shows{keys: []string{"second", "first"}, TxStatus: never}, false, "the node cannot tell"},
		"its own, which says that it is dead":          {shows{keys: []string{"second", "first"}, TxStatus: deep}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, func(_ *sale, _ *db.Tx, draft *paymentorder.Draft) paymentorder.Approval {
					*draft = paymentorder.Draft{ToAddress: stranger, SaidTo: stranger, Amount: draft.Amount, FeeLimit: draft.FeeLimit}
					return paymentorder.InPerson()
				})
				s.do(func(tx *db.Tx) error {
					s.o.Node = "first"
					if err := s.o.Store(t.Context(), tx, chain.Prepared{TxID: "a1", Raw: []byte{1}, Fee: 1000}, soldAt); err != nil {
						return err
					}
					return s.o.MarkConflicted(t.Context(), tx, soldAt)
				})
				err := taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
					var out bytes.Buffer
					return releaseCoins(ctx, &program{out: &out, err: &out}, tt.node, o, worker.Operator{DB: d, Name: "me", Reason: "why", Checked: tt.checked}, 6)
				})
				if tt.want == "" && err == nil {
					s.is(paymentorder.Failed, 100_000, 0)
					return
				}
				if tt.want == "" || err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				s.is(paymentorder.Stuck, 49_000, 51_000)
			})
		})
	}
}

// Somebody raised the fee of a payment in the wallet: another transaction paid the payee in
// its place, and is declared. Its own can never be mined, as the wallet says. The payer is
// not given the money besides, but for an operator who has settled that.
func TestAPaymentThatWasReplacedIsNotGivenBackUnasked(t *testing.T) {
	for name, tt := range map[string]struct {
		pays    chain.Output
		refused bool
	}{
		"it pays the same":   {chain.Output{Address: stranger, Amount: 50_000}, true},
		"it pays another":    {chain.Output{Address: "bcrt1qother", Amount: 50_000}, false},
		"it pays other sums": {chain.Output{Address: stranger, Amount: 60_000}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, func(_ *sale, _ *db.Tx, draft *paymentorder.Draft) paymentorder.Approval {
					*draft = paymentorder.Draft{ToAddress: stranger, SaidTo: stranger, Amount: draft.Amount, FeeLimit: draft.FeeLimit}
					return paymentorder.InPerson()
				})
				pays, err := paymentorder.Pays([]chain.Output{tt.pays})
				if err != nil {
					t.Fatal(err)
				}
				found := freeze.Cause{Ref: strings.Repeat("b2", 32), Reason: freeze.Spent, What: "it left", Pays: pays}
				s.do(func(tx *db.Tx) error {
					s.o.Node = "first"
					if err := s.o.Store(t.Context(), tx, chain.Prepared{TxID: "a1", Raw: []byte{1}, Fee: 1000}, soldAt); err != nil {
						return err
					}
					return s.o.MarkConflicted(t.Context(), tx, soldAt)
				})
				s.stop(found)
				p := &program{out: &bytes.Buffer{}, err: &bytes.Buffer{}}
				if err := declare(t.Context(), p, d, found.Ref, "a fee was raised", false); err != nil {
					t.Fatal(err)
				}
				release := func(checked bool) error {
					node := shows{keys: []string{"first"}, TxStatus: chain.TxStatus{State: chain.Conflicted, Confirmations: -6}}
					return taken(t.Context(), d, s.o.ID, func(ctx context.Context, o *paymentorder.Order) error {
						return releaseCoins(ctx, p, node, o, worker.Operator{DB: d, Name: "me", Reason: "why", Checked: checked}, 6)
					})
				}
				err = release(false)
				if refused := err != nil && strings.Contains(err.Error(), found.Ref) && strings.Contains(err.Error(), "-i-have-checked"); refused != tt.refused || !refused && err != nil {
					t.Errorf("got %v", err)
				}
				if tt.refused {
					s.is(paymentorder.Stuck, 49_000, 51_000)
					if err := release(true); err != nil {
						t.Error(err)
					}
				}
				s.is(paymentorder.Failed, 100_000, 0)
			})
		})
	}
}
