package invoice_test

import (
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

var limits = paymentorder.Limits{Payment: amount.BTC, Day: amount.BTC, FirstDay: amount.BTC, Balance: amount.BTC, OpenOrders: 1000, TTL: 600}

// rich gives a user money from an import.
func (c town) rich(u *useraccount.User, m amount.Msat) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		from, err := ledger.System(c.ctx, tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(c.ctx, tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: u.Money, Amount: m, At: now})
	})
}

// buys is an order of ann's for an invoice of bob's, confirmed.
func (c town) buys(ann, bob *useraccount.User, i invoice.Invoice, m amount.Msat) *paymentorder.Order {
	c.Helper()
	var o *paymentorder.Order
	c.do(func(tx *db.Tx) (err error) {
		o, err = limits.Draft(c.ctx, tx, ann, paymentorder.Draft{ToUser: bob, Invoice: i.Text, Hash: i.Hash, SaidTo: "02ab…cdef", Amount: m}, now)
		return err
	})
	c.do(func(tx *db.Tx) error {
		_, err := limits.Confirm(c.ctx, tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
	return o
}

var errTaken = errors.New("somebody outside was faster")

// setAside is the first half of paying inside.
func (c town) setAside(o *paymentorder.Order) error {
	return c.Tx(c.ctx, func(tx *db.Tx) error {
		o, err := paymentorder.ByID(c.ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if ok, err := invoice.SetAside(c.ctx, tx, o.Hash.String); err != nil || !ok {
			return errors.Join(err, errTaken)
		}
		return o.Begin(c.ctx, tx, now+60, now)
	})
}

// finish is the second half; the node has said that nobody else can pay.
func (c town) finish(o *paymentorder.Order, ann, bob *useraccount.User) error {
	return c.Tx(c.ctx, func(tx *db.Tx) error {
		o, err := paymentorder.ByID(c.ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if _, err := o.PaidInside(c.ctx, tx, ann, bob, "00", now); err != nil {
			return err
		}
		if ok, err := invoice.PaidInside(c.ctx, tx, o.Hash.String, o.Amount, now); err != nil || !ok {
			return errors.Join(err, errTaken)
		}
		return nil
	})
}

// release gives up paying inside: the node says that the invoice was paid.
func (c town) release(o *paymentorder.Order, ann *useraccount.User) error {
	return c.Tx(c.ctx, func(tx *db.Tx) error {
		o, err := paymentorder.ByID(c.ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if o.State == paymentorder.Held {
			return o.Fail(c.ctx, tx, ann, "order.failed-invoice-paid", now)
		}
		if err := invoice.PutBack(c.ctx, tx, o.Hash.String); err != nil {
			return err
		}
		return o.Bounced(c.ctx, tx, ann, "order.failed-invoice-paid", now)
	})
}

func TestANeighboursInvoiceThatIsPaidOverLightningAsWell(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user("ann"), c.user("bob")
		c.rich(ann, 10_000)
		i := c.invoice(bob, 4000, "")
		o := c.buys(ann, bob, i, 4000)
		c.must(c.setAside(o))
		c.must(c.setAsideAgain(i))
		c.must(c.finish(o, ann, bob))
		what, err := c.settle(c.receipt(i, 4000, 1))
		if err != nil || what != invoice.Twice {
			t.Errorf("got %d (%v)", what, err)
		}
		what, err = c.settle(c.receipt(i, 4000, 1))
		if err != nil || what != invoice.Twice {
			t.Errorf("again: got %d (%v)", what, err)
		}
		c.has(ann, 6000)
		c.has(bob, 4000)
		if c.came() != 0 {
			t.Errorf("%d msat came", c.came())
		}
		if err := c.setAsideAgain(i); !errors.Is(err, errTaken) {
			t.Errorf("a paid invoice is set aside: %v", err)
		}
		c.do(func(tx *db.Tx) error { return invoice.PutBack(t.Context(), tx, i.Hash) })
		if got := c.find(i.Hash); got.State != invoice.Settled {
			t.Errorf("put back, a paid invoice is %s", got.State)
		}
		c.clean()
	})
}

// setAsideAgain is what a worker does that was ended in between.
func (c town) setAsideAgain(i invoice.Invoice) error {
	return c.Tx(c.ctx, func(tx *db.Tx) error {
		ok, err := invoice.SetAside(c.ctx, tx, i.Hash)
		if err == nil && !ok {
			err = errTaken
		}
		return err
	})
}

func TestWhatWasNotSetAsideIsNotPaidInside(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user("ann"), c.user("bob")
		c.rich(ann, 10_000)
		i := c.invoice(bob, 4000, "")
		o := c.buys(ann, bob, i, 4000)
		c.must(c.setAside(o))
		c.do(func(tx *db.Tx) error { return invoice.PutBack(t.Context(), tx, i.Hash) })
		if got := c.find(i.Hash); got.State != invoice.Open {
			t.Errorf("put back it is %s", got.State)
		}
		if err := c.finish(o, ann, bob); !errors.Is(err, errTaken) {
			t.Errorf("got %v", err)
		}
		c.has(bob, 0)
		if err := c.setAsideAgain(invoice.Invoice{Hash: "00"}); !errors.Is(err, errTaken) {
			t.Errorf("an unknown invoice: got %v", err)
		}
		c.clean()
	})
}

// The node was paid before it was told to take the invoice back: its receipt
// counts, and the neighbour keeps the money.
func TestAReceiptForAnInvoiceThatIsSetAside(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user("ann"), c.user("bob")
		c.rich(ann, 10_000)
		i := c.invoice(bob, 4000, "")
		o := c.buys(ann, bob, i, 4000)
		c.must(c.setAside(o))
		if what, err := c.settle(c.receipt(i, 4000, 1)); err != nil || what != invoice.Booked {
			t.Errorf("got %d (%v)", what, err)
		}
		if err := c.finish(o, ann, bob); !errors.Is(err, errTaken) {
			t.Errorf("from inside: got %v", err)
		}
		c.must(c.release(o, ann))
		c.has(ann, 10_000)
		c.has(bob, 4000)
		if c.came() != 4000 {
			t.Errorf("%d msat came", c.came())
		}
		c.clean()
	})
}

// From outside and from inside at once: exactly one of them is credited, and
// whoever comes too late inside has all the money back.
func TestAnInvoiceIsPaidFromOutsideOrFromInside(t *testing.T) {
	const rounds, price = 60, 1000
	several(t, 2, func(t *testing.T, all []town) {
		c := all[0]
		ann, bob := c.user("ann"), c.user("bob")
		c.rich(ann, rounds*price)
		inside, outside, twice := 0, 0, 0
		for n := range rounds {
			i := c.invoice(bob, price, "")
			o := c.buys(ann, bob, i, price)
			what, paid := invoice.Foreign, false
			atOnce(2, func(door int) {
				var err error
				switch door {
				case 0: // late now and then
					for range n % 3 {
						_, _ = invoice.Find(t.Context(), all[0].Read(), i.Hash)
					}
					what, err = all[0].settle(c.receipt(i, price, uint64(n+1)))
				case 1:
					if err = all[1].setAside(o); err == nil {
						err = all[1].finish(o, ann, bob)
					}
					if paid = err == nil; errors.Is(err, errTaken) {
						err = all[1].release(o, ann)
					}
				}
				if err != nil && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
			switch {
			case what == invoice.Booked && !paid:
				outside++
			case what == invoice.Twice && paid:
				inside++
				twice++
			default:
				t.Errorf("round %d: the receipt is %d, inside paid %v", n, what, paid)
			}
		}
		t.Logf("%d from outside, %d from inside", outside, inside)
		c.has(ann, amount.Msat(rounds-inside)*price)
		c.has(bob, rounds*price)
		if c.came() != amount.Msat(outside)*price {
			t.Errorf("%d msat came, of %d receipts", c.came(), outside)
		}
		if n := len(c.lines(bob)); n != rounds {
			t.Errorf("bob reads %d lines", n)
		}
		c.clean()
	})
}

// The payee sees the same whoever pays: nothing says that it was a neighbour.
func TestThePayeeDoesNotSeeWhoPays(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user("ann"), c.user("bob")
		c.rich(ann, 10_000)
		in, out := c.invoice(bob, 4000, "stamps"), c.invoice(bob, 4000, "stamps")
		o := c.buys(ann, bob, in, 4000)
		c.must(c.setAside(o))
		c.must(c.finish(o, ann, bob))
		_, err := c.settle(c.receipt(out, 4000, 1))
		c.must(err)
		lines := c.lines(bob)
		if len(lines) != 2 {
			t.Fatalf("got %+v", lines)
		}
		same := func(l statement.Line) statement.Line {
			l.N, l.At, l.Order.Int64, l.Order.Valid, l.Hash, l.Invoice.String = 0, 0, 0, false, "", ""
			return l
		}
		if same(lines[0]) != same(lines[1]) {
			t.Errorf("from outside %+v, from inside %+v", same(lines[0]), same(lines[1]))
		}
	})
}
