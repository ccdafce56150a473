package lntest_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
)

func TestAPaymentOutAndOneBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		c.listen(c.node)
		ann, bob := c.user(100_000), c.user(0)
		o := c.orders(ann, nil, c.asks(c.far, 20_000_001), 200_000)
		if err := c.has(ann, 79_799_999, 20_200_001); err != nil {
			t.Errorf("while it is on its way: %v", err)
		}
		c.work("it is paid", c.is(o, paymentorder.Done))
		got := c.fresh(o)
		if fee := amount.Msat(got.Fee.Int64); fee <= 0 || fee > 200_000 {
			t.Errorf("the fee is %d msat", fee)
		}
		if err := c.has(ann, 100_000_000-20_000_001-amount.Msat(got.Fee.Int64), 0); err != nil {
			t.Error(err)
		}
		if len(got.Preimage.String) != 64 || c.told(ann, "order.paid-invoice") != 1 {
			t.Errorf("proof %q, told %d times", got.Preimage.String, c.told(ann, "order.paid-invoice"))
		}
		before, err := invoice.Cursor(t.Context(), c.Read(), c.key())
		if err != nil {
			t.Fatal(err)
		}
		bill := c.bill(bob, 5_000_002)
		if _, err := c.far.Settle(t.Context(), bill.Text); err != nil {
			t.Fatal(err)
		}
		c.until("bob has it", func() error { return c.has(bob, 5_000_002, 0) })
		if n := c.told(bob, "invoice.received-memo"); n != 1 {
			t.Errorf("bob was told %d times", n)
		}
		if after, err := invoice.Cursor(t.Context(), c.Read(), c.key()); err != nil || after <= before {
			t.Errorf("the cursor was at %d and is at %d (%v)", before, after, err)
		}
		c.books()
	})
}

// What the node refuses or cannot do gives the money back, once, with a reason.
func TestWhatCannotBePaidComesBack(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	expired := func() string {
		var made struct {
			Text string `json:"payment_request"`
		}
		if err := c.far.Call(t.Context(), "POST", "/v1/invoices", map[string]any{"value": "1000", "expiry": "1"}, &made); err != nil {
			t.Fatal(err)
		}
		in, err := c.node.Decode(t.Context(), made.Text)
		if err != nil {
			t.Fatal(err)
		}
		c.until("it expires", func() error {
			if time.Now().Before(in.Expires.Add(time.Second)) {
				return fmt.Errorf("not yet")
			}
			return nil
		})
		return made.Text
	}
	for name, tt := range map[string]struct {
		invoice func() string
		limit   amount.Msat
		reason  string
	}{
		"more than our channel has":   {func() string { return c.asks(c.far, 4_999_000_000) }, 50_000_000, "order.failed-channels"},
		"no way within the fee limit": {func() string { return c.asks(c.far, 50_000_000) }, 1, "order.failed-route"},
		"an invoice that has expired": {expired, 10_000, "order.failed-invoice"},
		"an invoice that is cancelled": {func() string {
			text := c.asks(c.far, 1_000_000)
			in, err := c.node.Decode(t.Context(), text)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.far.Cancel(t.Context(), in.Hash); err != nil {
				t.Fatal(err)
			}
			return text
		}, 10_000, "order.failed-invoice"},
	} {
		t.Run(name, func(t *testing.T) {
			u := c.user(6_000_000)
			o := c.orders(u, nil, tt.invoice(), tt.limit)
			c.work("it comes back", c.is(o, paymentorder.Failed))
			if got := c.fresh(o); got.Reason != tt.reason || c.told(u, tt.reason) != 1 {
				t.Errorf("reason %s, told %d times, want %s", got.Reason, c.told(u, tt.reason), tt.reason)
			}
			if err := c.has(u, 6_000_000_000, 0); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("a neighbour who takes 99.9 percent", func(t *testing.T) {
		if err := c.hub.Charge(t.Context(), c.net.Channels[1], 1000, 999_000, c.ours, c.far); err != nil {
			t.Fatal(err)
		}
		u := c.user(1_000_000)
		o := c.orders(u, nil, c.asks(c.far, 100_000_000), paymentorder.Fees{PerMillion: 10_000, Least: 10_000}.Limit(100_000_000))
		c.work("it comes back", c.is(o, paymentorder.Failed))
		if err := c.has(u, 1_000_000_000, 0); err != nil {
			t.Error(err)
		}
		if err := c.hub.Charge(t.Context(), c.net.Channels[1], 1000, 1, c.ours, c.far); err != nil {
			t.Fatal(err)
		}
	})
	c.books()
}

// A payee who does not answer for long costs nobody anything, and does not
// keep others from being paid.
func TestAHoldInvoiceSettlesLate(t *testing.T) {
	for _, tt := range []struct {
		name string
		ends func(c *town, secret [32]byte, hash [32]byte) error
		want paymentorder.State
	}{
		{"it settles", func(c *town, secret, _ [32]byte) error { return c.far.Release(c.Context(), secret) }, paymentorder.Done},
		{"it is sent back", func(c *town, _, hash [32]byte) error { return c.far.Cancel(c.Context(), hash) }, paymentorder.Failed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := open(t, dbtest.SQLite(t))
			c.wait = 200 * time.Millisecond
			ann, bob := c.user(50_000), c.user(50_000)
			var secret [32]byte
			_, _ = rand.Read(secret[:])
			text, err := c.far.HoldInvoice(t.Context(), secret, 10_000, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			o := c.orders(ann, nil, text, 100_000)
			c.work("it is in flight", c.is(o, paymentorder.InFlight))
			if err := c.far.Held(t.Context(), secret); err != nil {
				t.Fatal(err)
			}
			p := c.payer(c.node)
			for range 20 { // minutes of silence
				if err := c.turn(p); err != nil {
					t.Fatal(err)
				}
				if err := c.is(o, paymentorder.InFlight)(); err != nil {
					t.Fatal(err)
				}
			}
			if n := c.told(ann, "order.on-its-way"); n != 1 {
				t.Errorf("she was told %d times that it is on its way", n)
			}
			other := c.orders(bob, nil, c.asks(c.far, 1_000_000), 100_000)
			c.work("another is paid", c.is(other, paymentorder.Done))
			if err := c.has(ann, 39_900_000, 10_100_000); err != nil {
				t.Error(err)
			}
			in, err := c.node.Decode(t.Context(), text)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.ends(c, secret, in.Hash); err != nil {
				t.Fatal(err)
			}
			c.ahead.Add(60) // it is looked at once a minute by now
			c.work("it ends", c.is(o, tt.want))
			c.books()
		})
	}
}

// The node dies with a payment on its way, and it is booked as it ended.
func TestTheNodeIsKilledWithAPaymentInFlight(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	c.wait = 200 * time.Millisecond
	ann := c.user(50_000)
	var secret [32]byte
	_, _ = rand.Read(secret[:])
	text, err := c.far.HoldInvoice(t.Context(), secret, 10_000, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	o := c.orders(ann, nil, text, 100_000)
	c.work("it is in flight", c.is(o, paymentorder.InFlight))
	if err := c.far.Held(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	if err := c.ours.Kill(); err != nil {
		t.Fatal(err)
	}
	p := c.payer(c.node)
	for range 5 {
		_ = c.turn(p) // the node is away
		if err := c.is(o, paymentorder.InFlight)(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.ours.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.far.Release(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	c.ahead.Add(60)
	c.work("it is paid", c.is(o, paymentorder.Done))
	if n := c.told(ann, "order.paid-invoice"); n != 1 {
		t.Errorf("she was told %d times", n)
	}
	if err := c.net.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.books()
}

// Nobody waits for the answer, and nobody pays twice for it.
func TestAnAnswerThatIsNotWaitedFor(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	c.wait = time.Millisecond
	ann := c.user(500_000)
	var all []*paymentorder.Order
	for range 10 {
		all = append(all, c.orders(ann, nil, c.asks(c.far, 1_000_000), 100_000))
	}
	for _, o := range all {
		c.work("it is paid", c.is(o, paymentorder.Done))
	}
	c.books()
}
