package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// says is a node that says one thing of every payment.
type says struct {
	lightning.Node
	out  lightning.Outcome
	key  string
	mute error // instead of an answer; ErrElsewhere only of who it is
}

func (s says) Info(context.Context) (lightning.Info, error) {
	return lightning.Info{PubKey: s.key}, s.mute
}

func (s says) Find(context.Context, lightning.Hash) (lightning.Outcome, error) {
	if s.mute != nil && !errors.Is(s.mute, lightning.ErrElsewhere) {
		return lightning.Outcome{}, s.mute
	}
	return s.out, nil
}

// sale is ann's order to pay an invoice over Lightning.
type sale struct {
	freezer
	ann      *useraccount.User
	preimage lightning.Preimage
	o        *paymentorder.Order
}

const soldAt = 1_800_000_000

// sell confirms an order of 50 000 msat, and a fee of at most 1 000, out of 100 000.
// The draft may be changed, and on whose word it is confirmed.
func sell(t *testing.T, d *db.DB, change func(s *sale, tx *db.Tx, draft *paymentorder.Draft) paymentorder.Approval) *sale {
	t.Helper()
	d.SetClock(func() time.Time { return time.Unix(soldAt, 0) })
	s := &sale{freezer: freezer{t, d}}
	_, _ = rand.Read(s.preimage[:])
	l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
	s.do(func(tx *db.Tx) (err error) {
		if s.ann, _, err = useraccount.Register(t.Context(), tx, "ann@example.org", 1); err != nil {
			return err
		}
		from, err := ledger.System(t.Context(), tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: s.ann.Money, Amount: 100_000, At: 1})
	})
	s.do(func(tx *db.Tx) (err error) {
		draft := paymentorder.Draft{Invoice: "lnbc1", Hash: s.preimage.Hash().String(), SaidTo: "shop", Amount: 50_000, FeeLimit: 1000}
		word := change(s, tx, &draft)
		if s.o, err = l.Draft(t.Context(), tx, s.ann, draft, soldAt); err != nil {
			return err
		}
		r, err := l.Confirm(t.Context(), tx, s.o.User, s.o.Code, word)
		if err == nil {
			s.o = r.Order
		}
		return err
	})
	return s
}

func inPerson(*sale, *db.Tx, *paymentorder.Draft) paymentorder.Approval {
	return paymentorder.InPerson()
}

// sticks lets the order begin and stay with the operator.
func (s *sale) sticks() {
	s.Helper()
	s.do(func(tx *db.Tx) error {
		if err := s.o.Begin(s.Context(), tx, soldAt, soldAt); err != nil {
			return err
		}
		return s.o.MarkConflicted(s.Context(), tx, soldAt)
	})
}

// is checks where the order is, and the payer's money.
func (s *sale) is(want paymentorder.State, money, held amount.Msat) {
	s.Helper()
	got, err := paymentorder.ByID(s.Context(), s.Read(), s.o.ID)
	if err != nil || got.State != want || got.Taken != 0 {
		s.Errorf("the order is %+v (%v), want %s and in nobody's hand", got, err, want)
	}
	for a, want := range map[ledger.Account]amount.Msat{s.ann.Money: money, s.ann.Held: held} {
		if got, err := ledger.Balance(s.Context(), s.Read(), a); err != nil || got != want {
			s.Errorf("got %d msat (%v), want %d", got, err, want)
		}
	}
}

// told are the phrases and arguments of all notices.
func (s *sale) told() (all []string) {
	s.Helper()
	s.do(func(tx *db.Tx) error {
		return tx.SelectContext(s.Context(), &all, `SELECT phrase || ' ' || args FROM notice ORDER BY id`)
	})
	return all
}

// An operator books a payment that is stuck by its preimage, if it is the payment's own
// and the node or the operator says that we paid.
func TestOrderBook(t *testing.T) {
	for name, tt := range map[string]struct {
		node  lightning.State
		told  amount.Msat // the fee that the node tells
		key   string      // the node's
		none  bool        // there is no node
		mute  error       // instead of an answer
		other bool        // preimage of something else
		more  amount.Msat // that the node made than was ordered
		said  amount.Msat // the fee that the operator tells
		check bool
		want  string // in the error; "" is booked
		fee   amount.Msat
	}{
		"the node forgot, and the operator has not looked": {node: lightning.NotFound, said: 7, want: "-i-have-checked"},
		"the node forgot, and the operator has looked":     {node: lightning.NotFound, said: 7, check: true, fee: 7},
		"the node made it":                                  {node: lightning.Succeeded, told: 300, said: 7, fee: 300},
		"the node made it above the limit":                  {node: lightning.Succeeded, told: 5000, fee: 1000},
		"the node made it of another amount":                {node: lightning.Succeeded, more: 1, want: "settled with its payer"},
		"so it did, and the operator has looked":            {node: lightning.Succeeded, more: 1, told: 300, said: 7, check: true, fee: 7},
		"another node made it":                              {node: lightning.Succeeded, key: "02bb", told: 300, said: 7, want: "-i-have-checked"},
		"it is on its way":                                  {node: lightning.InFlight, check: true, want: "ends by itself"},
		"it failed there, and the operator has looked":      {node: lightning.Failed, check: true, want: "comes back"},
		"it failed at another node":                         {node: lightning.Failed, key: "02bb", said: 7, check: true, fee: 7},
		"the preimage of another payment":                   {node: lightning.NotFound, other: true, check: true, want: "another payment"},
		"there is no node, and the operator has not looked": {none: true, want: "-i-have-checked"},
		"there is no node, and the operator has looked":     {none: true, said: 7, check: true, fee: 7},
		"the node is silent":                                {mute: lightning.ErrUnreachable, said: 7, want: "-i-have-checked"},
		"it is silent, and the operator has looked":         {mute: lightning.ErrUnreachable, said: 7, check: true, fee: 7},
		"a gateway has its journal":                         {node: lightning.Succeeded, mute: lightning.ErrElsewhere, told: 300, fee: 300},
		"it cost less than nothing":                         {node: lightning.NotFound, said: -7, check: true, want: "less than nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, inPerson)
				s.sticks()
				proof := s.preimage
				if tt.other {
					proof[0]++
				}
				var node lightning.Node
				if !tt.none {
					node = says{key: tt.key, mute: tt.mute, out: lightning.Outcome{Hash: s.preimage.Hash(), State: tt.node, Preimage: s.preimage, Amount: 50_000 + tt.more, Fee: tt.told}}
				}
				var out bytes.Buffer
				w := made{proof: proof.Hex(), fee: tt.said, reason: "the shop showed it", checked: tt.check}
				err := book(t.Context(), &program{out: &out, err: &out}, d, node, s.o.ID, w)
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				if tt.want != "" {
					s.is(paymentorder.Stuck, 49_000, 51_000)
				} else {
					s.is(paymentorder.Done, 50_000-tt.fee, 0)
					if want := "order 1 is done: it paid 50 sat to shop, with a fee of " + inSat(tt.fee); !strings.HasPrefix(out.String(), want) {
						t.Errorf("got %q, want %q", out.String(), want)
					}
					if dropped := strings.Contains(out.String(), "-fee-msat 7 is dropped"); dropped != (tt.said != 0 && tt.said != tt.fee) {
						t.Errorf("it says %q", out.String())
					}
					if over := strings.Contains(out.String(), "it cost 5 sat"); over != (tt.told > 1000) {
						t.Errorf("it says %q", out.String())
					}
				}
			})
		})
	}
}

// What an operator must not book: what pays no invoice outside, what has not begun, and
// what a gateway may be paying just now.
func TestOrderBookRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		neighbour, held, taken bool
		want                   string
	}{
		"a neighbour's":        {neighbour: true, want: "pays no invoice of the outside"},
		"one that is held":     {held: true, want: "is held"},
		"one in another hand":  {taken: true, want: "a gateway has order"},
		"nothing speaks of it": {want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sell(t, d, func(s *sale, tx *db.Tx, draft *paymentorder.Draft) paymentorder.Approval {
					if tt.neighbour {
						var err error
						if draft.ToUser, _, err = useraccount.Register(t.Context(), tx, "bob@example.org", 1); err != nil {
							t.Fatal(err)
						}
					}
					return paymentorder.InPerson()
				})
				if !tt.held {
					s.sticks()
				}
				if tt.taken {
					s.do(func(tx *db.Tx) error {
						_, err := paymentorder.Claim(t.Context(), tx, paymentorder.Lightning, 60)
						return err
					})
				}
				var out bytes.Buffer
				err := book(t.Context(), &program{out: &out, err: &out}, d, nil, s.o.ID, made{proof: s.preimage.Hex(), reason: "why", checked: true})
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				if told := s.told(); (len(told) > 0) != (tt.want == "") {
					t.Errorf("told %q", told)
				}
			})
		})
	}
}
