package invoice_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What was really paid is credited, whatever was asked for.
func TestSettleCreditsWhatWasPaid(t *testing.T) {
	cases := map[string]struct{ asked, paid amount.Msat }{
		"what was asked":    {100_000, 100_000},
		"one msat more":     {100_000, 100_001},
		"twice as much":     {100_000, 200_000},
		"less":              {100_000, 99_999},
		"an amount of ours": {0, 77_777},
		"one msat":          {0, 1},
	}
	each(t, func(t *testing.T, c town) {
		came, index := amount.Msat(0), uint64(0)
		for name, tt := range cases {
			bob := c.user(fmt.Sprint("bob", index))
			i := c.invoice(bob, tt.asked, "for the boat")
			index++
			what, err := c.settle(c.receipt(i, tt.paid, index))
			c.must(err)
			if what != invoice.Booked {
				t.Errorf("%s: got %d", name, what)
			}
			c.has(bob, tt.paid)
			if came += tt.paid; c.came() != came {
				t.Errorf("%s: %d msat came by the books, want %d", name, c.came(), came)
			}
			got := c.find(i.Hash)
			if got.State != invoice.Settled || got.Paid.Int64 != int64(tt.paid) || got.Settled.Int64 != now+9 || got.Amount != tt.asked {
				t.Errorf("%s: the invoice is %+v", name, got)
			}
			lines := c.lines(bob)
			if len(lines) != 1 || !lines[0].Incoming || lines[0].Amount != tt.paid || lines[0].Peer != statement.ByLightning ||
				lines[0].Memo != "for the boat" || lines[0].Hash != i.Hash || lines[0].Preimage != "" || lines[0].State != "done" || lines[0].Held != 0 {
				t.Errorf("%s: the lines are %+v", name, lines)
			}
			n := c.told()
			if len(n) != 1 || n[0].User != bob.JID || n[0].Phrase != "invoice.received-memo" || !n[0].Balance {
				t.Errorf("%s: told is %+v", name, n)
			}
			c.clean()
		}
	})
}

func TestWhoIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		memo, sender string
		set          func(c town, tx *db.Tx, u *useraccount.User) error
		phrase, said string
	}{
		"with a memo":            {"tea", "", nil, "invoice.received-memo", "tea"},
		"without":                {"", "", nil, "invoice.received", ""},
		"with the payer's words": {"tea", "thanks!", nil, "invoice.received-memo", "thanks!"},
		"who wants no notices": {"tea", "", func(c town, tx *db.Tx, u *useraccount.User) error {
			return useraccount.Set(c.ctx, tx, u, "notify", 0)
		}, "", "tea"},
		"who has left": {"tea", "", func(c town, tx *db.Tx, u *useraccount.User) error {
			return useraccount.Unregister(c.ctx, tx, u, now)
		}, "", "tea"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c town) {
				bob := c.user("bob")
				p := c.secret()
				i := invoice.Invoice{Hash: p.Hash().String(), User: bob.ID, Text: "lnbcrt1", Memo: tt.memo, Sender: tt.sender, Created: now, Expires: now + 60}
				c.add(i)
				if tt.set != nil {
					c.do(func(tx *db.Tx) error { return tt.set(c, tx, bob) })
				}
				_, err := c.settle(c.receipt(i, 5000, 1))
				c.must(err)
				c.has(bob, 5000) // in any case
				n := c.told()
				switch {
				case tt.phrase == "" && len(n) > 0:
					t.Errorf("told is %+v", n)
				case tt.phrase != "" && (len(n) != 1 || n[0].Phrase != tt.phrase || n[0].Args["memo"] != tt.said):
					t.Errorf("told is %+v", n)
				}
				if lines := c.lines(bob); len(lines) != 1 || lines[0].Memo != tt.said {
					t.Errorf("the lines are %+v", lines)
				}
				c.clean()
			})
		})
	}
}

// Receipts that come again, and in another order, are booked once each.
func TestAReceiptIsBookedOnceHoweverOftenItComes(t *testing.T) {
	const each, doors, ring = 100, 8, 5
	several(t, 2, func(t *testing.T, all []town) {
		c := all[0]
		bob, dan := c.user("bob"), c.user("dan")
		var receipts []lightning.Receipt
		for n := range ring {
			u := bob
			if n%2 == 1 {
				u = dan
			}
			receipts = append(receipts, c.receipt(c.invoice(u, 0, ""), amount.Msat(1000+n), uint64(n+1)))
		}
		booked := make([]int, doors)
		atOnce(doors, func(door int) {
			for n := range each {
				switch what, err := all[door%2].settle(receipts[(n*(door+1)+door)%ring]); {
				case err != nil:
					t.Error(err)
				case what == invoice.Booked:
					booked[door]++
				case what != invoice.Before:
					t.Errorf("got %d", what)
				}
			}
		})
		total := 0
		for _, n := range booked {
			total += n
		}
		if total != ring {
			t.Errorf("%d were booked, want %d", total, ring)
		}
		c.has(bob, 1000+1002+1004)
		c.has(dan, 1001+1003)
		if n := len(c.told()); n != ring {
			t.Errorf("%d notices, want %d", n, ring)
		}
		if n, err := invoice.Cursor(t.Context(), c.Read(), node); err != nil || n != ring {
			t.Errorf("the cursor is %d (%v)", n, err)
		}
		credited, err := invoice.Credited(t.Context(), c.Read())
		c.must(err)
		for n, r := range receipts {
			if credited[r.Hash.String()] != (invoice.Credit{Amount: amount.Msat(1000 + n), Life: node}) {
				t.Errorf("credited are %v", credited)
			}
		}
		c.clean()
	})
}

// Later receipts of the same invoice change nothing, whatever they say.
func TestTheFirstReceiptCounts(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		bob := c.user("bob")
		i := c.invoice(bob, 5000, "")
		for n, want := range []invoice.Booking{invoice.Booked, invoice.Before, invoice.Before} {
			if what, err := c.settle(c.receipt(i, amount.Msat(5000+n), uint64(n+1))); err != nil || what != want {
				t.Errorf("the %d.: got %d (%v)", n+1, what, err)
			}
		}
		c.has(bob, 5000)
		c.clean()
	})
}

func TestAForeignReceiptMovesNothing(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		bob := c.user("bob")
		c.invoice(bob, 5000, "")
		what, err := c.settle(lightning.Receipt{Hash: c.secret().Hash(), Amount: 5000, SettleIndex: 3, Keysend: true})
		if err != nil || what != invoice.Foreign {
			t.Errorf("got %d (%v)", what, err)
		}
		c.has(bob, 0)
		if c.came() != 0 || len(c.told()) != 0 {
			t.Errorf("%d msat came", c.came())
		}
		if n, err := invoice.Cursor(t.Context(), c.Read(), node); err != nil || n != 3 { // it is done with
			t.Errorf("the cursor is %d (%v)", n, err)
		}
		c.clean()
	})
}

// A receipt that says nothing was paid is none: it is an error that undoes
// everything, and the next one still counts.
func TestAReceiptOfNothingIsRefused(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		bob := c.user("bob")
		i := c.invoice(bob, 5000, "")
		for _, m := range []amount.Msat{0, -1} {
			if _, err := c.settle(c.receipt(i, m, 1)); err == nil {
				t.Errorf("%d msat were booked", m)
			}
		}
		if got := c.find(i.Hash); got.State != invoice.Open {
			t.Errorf("the invoice is %+v", got)
		}
		if what, err := c.settle(c.receipt(i, 5000, 1)); err != nil || what != invoice.Booked {
			t.Errorf("got %d (%v)", what, err)
		}
		c.has(bob, 5000)
		c.clean()
	})
}

func TestTheCursorNeverGoesBack(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		highest := uint64(0)
		for _, to := range []uint64{0, 1, 9, 10, 9, 2, 100, 99, 1 << 40, 1<<40 - 1} { // 9 and 10, 99 and 100: not as words
			c.do(func(tx *db.Tx) error { return invoice.MoveCursor(t.Context(), tx, node, to, now) })
			highest = max(highest, to)
			if got, err := invoice.Cursor(t.Context(), c.Read(), node); err != nil || got != highest {
				t.Errorf("after %d: got %d (%v), want %d", to, got, err, highest)
			}
		}
	})
}
