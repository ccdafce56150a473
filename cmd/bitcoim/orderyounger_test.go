package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// eve is somebody else who has money.
func (c *copied) eve() (u *useraccount.User) {
	c.Helper()
	c.do(func(tx *db.Tx) (err error) {
		if u, _, err = useraccount.Register(c.Context(), tx, "eve@example.org", 1); err != nil {
			return err
		}
		from, err := ledger.System(c.Context(), tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(c.Context(), tx, ledger.Transfer{Ref: "import:2", Step: "open", Debit: from, Credit: u.Money, Amount: 100_000, At: 1})
	})
	return u
}

// drafts orders what is paid to an address, and confirms it or not.
func (c *copied) drafts(u *useraccount.User, to string, confirms bool) (o *paymentorder.Order) {
	c.Helper()
	l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
	c.do(func(tx *db.Tx) (err error) {
		draft := paymentorder.Draft{ToAddress: to, SaidTo: to, Amount: 50_000, FeeLimit: 1000, FeeRate: 1000}
		if o, err = l.Draft(c.Context(), tx, u, draft, c.now.Unix()); err != nil || !confirms {
			return err
		}
		r, err := l.Confirm(c.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		if err == nil {
			o = r.Order
		}
		return err
	})
	return o
}

// strayed is a wallet that sent something to an address which no order of the copy pays. It
// was found.
func strayed(t *testing.T, d *db.DB) (*copied, *courier) {
	t.Helper()
	c := restored(t, d, lightning.NotFound)
	c.toAddress()
	w := &courier{fee: 300, sent: chain.Sent{TxID: theTx, Amount: 50_300, Confirmations: 1, At: soldAt + 60,
		Paid: []chain.Output{{Address: "bcrt1qlost", Amount: 50_000}}}}
	if text := c.looks(w, true); !strings.Contains(text, "-declare "+theTx) {
		t.Fatalf("no order pays it, and it is not to be declared:\n%s", text)
	}
	return c, w
}

// The wallet sent what no order made. Then somebody orders the same: that order cannot have
// made it. Nobody is told to book it, nobody's draft keeps the operator from declaring the
// transaction, and it is that order's on the operator's word alone.
func TestAnOrderYoungerThanTheFindingIsNotThatOfTheTransaction(t *testing.T) {
	for name, confirms := range map[string]bool{"a draft": false, "a held order": true} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c, w := strayed(t, d)
				c.now = c.now.Add(time.Minute)
				c.drafts(c.eve(), "bcrt1qlost", confirms)
				var list bytes.Buffer
				if err := sayStopped(t.Context(), &list, d); err != nil {
					t.Fatal(err)
				}
				for where, text := range map[string]string{"audit": c.looks(w, true), "order list": list.String()} {
					if strings.Contains(text, "order 2") || !strings.Contains(text, "-declare "+theTx) {
						t.Errorf("%s: want a declaration, and not the order, in\n%s", where, text)
					}
				}
				p := &program{out: &bytes.Buffer{}, err: &bytes.Buffer{}}
				if err := declare(t.Context(), p, d, theTx, "it was me", false); err != nil {
					t.Errorf("not declared because of an order that cannot be it: %v", err)
				}
				c.looks(w, false)
			})
		})
	}
}

func TestAnOrderYoungerThanTheFindingIsBookedIfTheOperatorHasChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c, w := strayed(t, d)
		o := c.drafts(c.eve(), "bcrt1qlost", true)
		p := &program{out: &bytes.Buffer{}, err: &bytes.Buffer{}}
		m := made{proof: theTx, reason: "why"}
		if err := bookSent(t.Context(), p, d, w, o.ID, m); err == nil || !strings.Contains(err.Error(), "after transaction "+theTx+" was found") {
			t.Errorf("booked by what was found before it was ordered: %v", err)
		}
		c.looks(w, true)
		m.checked = true
		if err := bookSent(t.Context(), p, d, w, o.ID, m); err != nil {
			t.Error(err)
		}
		c.looks(w, false)
	})
}

// The copy has an order as a draft that was confirmed and sent since. Its code ran out while
// the books were restored: whoever has the money hears from the operator, who hears of it.
func TestATransactionNamesTheOrdersThatHaveEndedAndPayTheSame(t *testing.T) {
	for name, tt := range map[string]struct {
		late bool // the order was made after the transaction was found
		end  string
		want string
	}{
		"its code ran out":            {false, "expired", "order 2 was for just that, and is expired"},
		"it was cancelled":            {false, "cancelled", "order 2 was for just that, and is cancelled"},
		"it cannot have been the one": {true, "expired", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := restored(t, d, lightning.NotFound)
				c.toAddress()
				w := &courier{fee: 300, sent: chain.Sent{TxID: theTx, Amount: 50_300, Confirmations: 1, At: soldAt + 60,
					Paid: []chain.Output{{Address: "bcrt1qlost", Amount: 50_000}}}}
				if tt.late {
					c.looks(w, true)
				}
				o := c.drafts(c.eve(), "bcrt1qlost", false)
				c.do(func(tx *db.Tx) error {
					_, err := tx.ExecContext(t.Context(), `UPDATE payment_order SET state = $1, ended = $2 WHERE id = $3`, tt.end, c.now.Unix(), o.ID)
					return err
				})
				text := c.looks(w, true)
				if !strings.Contains(text, tt.want) || !strings.Contains(text, "-declare "+theTx) || strings.Contains(text, "book it") {
					t.Errorf("want %q, and a declaration, in\n%s", tt.want, text)
				}
				if tt.want == "" && strings.Contains(text, "order 2") {
					t.Errorf("an order is named that cannot have made it:\n%s", text)
				}
			})
		})
	}
}
