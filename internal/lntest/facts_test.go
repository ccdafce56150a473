package lntest_test

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// asks has a node make an invoice.
func (c *town) asks(l *regtest.LND, m amount.Msat) string {
	c.Helper()
	var made struct {
		Text string `json:"payment_request"`
	}
	if err := l.Call(c.Context(), http.MethodPost, "/v1/invoices", map[string]any{"value_msat": fmt.Sprint(int64(m))}, &made); err != nil {
		c.Fatal(err)
	}
	return made.Text
}

// bill is an invoice of a user of ours.
func (c *town) bill(u *useraccount.User, m amount.Msat) *invoice.Invoice {
	c.Helper()
	var p lightning.Preimage
	_, _ = rand.Read(p[:])
	in, err := c.node.Invoice(c.Context(), lightning.Ask{Preimage: p, Amount: m, Description: "bill", Expiry: time.Hour})
	if err != nil {
		c.Fatal(err)
	}
	bill := &invoice.Invoice{Hash: in.Hash.String(), User: u.ID, Preimage: p.Hex(), Text: in.Text, Amount: m, Memo: "bill", Created: 1, Expires: in.Expires.Unix()}
	c.do(func(tx *db.Tx) error { return invoice.Add(c.Context(), tx, *bill) })
	return bill
}

// drafts is an order to pay an invoice; limit is for the fee. Payee is a
// neighbour or nil.
func (c *town) drafts(u, payee *useraccount.User, text string, limit amount.Msat) *paymentorder.Order {
	c.Helper()
	in, err := c.node.Decode(c.Context(), text)
	if err != nil {
		c.Fatal(err)
	}
	var o *paymentorder.Order
	c.do(func(tx *db.Tx) (err error) {
		o, err = limits.Draft(c.Context(), tx, u, paymentorder.Draft{ToUser: payee, Invoice: in.Text, Hash: in.Hash.String(), Amount: in.Amount,
			FeeLimit: limit, SaidTo: "shop"}, c.clock().Unix())
		return err
	})
	return o
}

func (c *town) confirms(u *useraccount.User, o *paymentorder.Order) error {
	return c.Tx(c.Context(), func(tx *db.Tx) error {
		_, err := limits.Confirm(c.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
}

// orders drafts and confirms.
func (c *town) orders(u, payee *useraccount.User, text string, limit amount.Msat) *paymentorder.Order {
	c.Helper()
	o := c.drafts(u, payee, text, limit)
	if err := c.confirms(u, o); err != nil {
		c.Fatal(err)
	}
	return o
}

func (c *town) fresh(o *paymentorder.Order) *paymentorder.Order {
	c.Helper()
	now, err := paymentorder.ByID(c.Context(), c.Read(), o.ID)
	if err != nil {
		c.Fatal(err)
	}
	return now
}

// is says nil when the order has come to a state.
func (c *town) is(o *paymentorder.Order, want paymentorder.State) func() error {
	return func() error {
		if got := c.fresh(o); got.State != want {
			return fmt.Errorf("the order is %s (%s), not %s", got.State, got.Reason, want)
		}
		return nil
	}
}

// has says nil when a user has so much to spend, and so much set aside.
func (c *town) has(u *useraccount.User, money, held amount.Msat) error {
	m, err := ledger.Balance(c.Context(), c.Read(), u.Money)
	h, err2 := ledger.Balance(c.Context(), c.Read(), u.Held)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if m != money || h != held {
		return fmt.Errorf("the user has %d and %d msat held, not %d and %d", m, h, money, held)
	}
	return nil
}

// told counts a user's notices of one phrase.
func (c *town) told(u *useraccount.User, phrase string) int {
	c.Helper()
	var n int
	row := c.Read().QueryRowxContext(c.Context(), `SELECT COUNT(*) FROM notice WHERE jid = $1 AND phrase = $2`, u.JID, phrase)
	if err := row.Scan(&n); err != nil && !errors.Is(err, sql.ErrNoRows) {
		c.Fatal(err)
	}
	return n
}

// taken reports that a second order for an invoice is refused.
func taken(err error) bool {
	return fault.Is(err, fault.Conflict) && fault.Of(err).Phrase == "order.invoice-taken"
}
