package main

import (
	"bytes"
	"context"
	"crypto/rand"
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
	out lightning.Outcome
}

func (s says) Find(context.Context, lightning.Hash) (lightning.Outcome, error) { return s.out, nil }

// An operator books a payment that is stuck by its preimage, if it is the payment's own
// and the node or the operator says that we paid.
func TestOrderBook(t *testing.T) {
	const at = 1_800_000_000
	for name, tt := range map[string]struct {
		node  lightning.State
		told  amount.Msat // the fee that the node tells
		other bool        // preimage of something else
		said  amount.Msat // the fee that the operator tells
		check bool
		want  string // in the error; "" is booked
		fee   amount.Msat
	}{
		"the node forgot, and the operator has not looked": {lightning.NotFound, 0, false, 7, false, "-i-have-checked", 0},
		"the node forgot, and the operator has looked":     {lightning.NotFound, 0, false, 7, true, "", 7},
		"the node made it":                 {lightning.Succeeded, 300, false, 7, false, "", 300},
		"the node made it above the limit": {lightning.Succeeded, 5000, false, 0, false, "", 1000},
		"it is on its way":                 {lightning.InFlight, 0, false, 0, true, "ends by itself", 0},
		"the preimage of another payment":  {lightning.NotFound, 0, true, 0, true, "another payment", 0},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				d.SetClock(func() time.Time { return time.Unix(at, 0) })
				f := freezer{t, d}
				var preimage lightning.Preimage
				_, _ = rand.Read(preimage[:])
				l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
				var u *useraccount.User
				var o *paymentorder.Order
				f.do(func(tx *db.Tx) (err error) {
					if u, _, err = useraccount.Register(t.Context(), tx, "ann@example.org", 1); err != nil {
						return err
					}
					from, err := ledger.System(t.Context(), tx, "chain")
					if err != nil {
						return err
					}
					return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: u.Money, Amount: 100_000, At: 1})
				})
				f.do(func(tx *db.Tx) (err error) {
					o, err = l.Draft(t.Context(), tx, u, paymentorder.Draft{Invoice: "lnbc1", Hash: preimage.Hash().String(), SaidTo: "shop", Amount: 50_000, FeeLimit: 1000}, at)
					if err != nil {
						return err
					}
					r, err := l.Confirm(t.Context(), tx, o, paymentorder.InPerson())
					if err != nil {
						return err
					}
					o = r.Order
					if err := o.Begin(t.Context(), tx, at, at); err != nil {
						return err
					}
					return o.Contradicted(t.Context(), tx, at)
				})
				proof := preimage
				if tt.other {
					proof[0]++
				}
				node := says{out: lightning.Outcome{Hash: preimage.Hash(), State: tt.node, Preimage: preimage, Amount: 50_000, Fee: tt.told}}
				var out bytes.Buffer
				w := made{proof: proof.Hex(), fee: tt.said, reason: "the shop showed it", checked: tt.check}
				err := book(t.Context(), &program{out: &out, err: &out}, d, node, o.ID, w)
				is, readErr := paymentorder.ByID(t.Context(), d.Read(), o.ID)
				if readErr != nil {
					t.Fatal(readErr)
				}
				money, held, state := 49_000+1000-tt.fee, amount.Msat(0), paymentorder.Done
				if tt.want != "" {
					money, held, state = 49_000, 51_000, paymentorder.Stuck
				}
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || is.State != state || is.Taken != 0 {
					t.Errorf("got %v, the order is %s", err, is.State)
				}
				for a, want := range map[ledger.Account]amount.Msat{u.Money: money, u.Held: held} {
					if got, err := ledger.Balance(t.Context(), d.Read(), a); err != nil || got != want {
						t.Errorf("got %d msat (%v), want %d", got, err, want)
					}
				}
			})
		})
	}
}
