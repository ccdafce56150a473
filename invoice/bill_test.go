package invoice_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// bill is one of u's over so many sat, that nobody pays over Lightning.
func (c town) bill(u *useraccount.User, message, payer string, sat int64) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		return invoice.AddBill(c.ctx, tx, invoice.Bill{User: u.ID, Message: message, Payer: payer, Amount: amount.FromSats(sat), Created: now, Ends: now + 60})
	})
}

// claim takes a bill to tell it, "" if there is none.
func (c town) claim(u *useraccount.User, at int64) (message string, id int64) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		b, err := invoice.ClaimBill(c.ctx, tx, u.ID, at, at+60)
		if b != nil {
			message, id = b.Message, b.ID
		}
		return err
	})
	return message, id
}

// ends cancels what is due.
func (c town) ends(u *useraccount.User, at int64) (n int) {
	c.Helper()
	due, err := invoice.DueBills(c.ctx, c.Read(), u.ID, at, 100)
	c.must(err)
	for _, b := range due {
		c.do(func(tx *db.Tx) error { return invoice.CancelBill(c.ctx, tx, b.ID, at) })
	}
	return len(due)
}

func TestTheEndOfABillIsClaimed(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann := c.user("ann")
		c.bill(ann, "a", "", 5)
		c.bill(ann, "a", "", 5) // the same
		c.bill(ann, "b", "", 5)
		if n := c.ends(ann, now+59); n != 0 {
			t.Errorf("%d ended before their time", n)
		}
		if n := c.ends(ann, now+60); n != 2 {
			t.Errorf("%d ended", n)
		}
		at := int64(now + 100)
		first, _ := c.claim(ann, at)
		second, b := c.claim(ann, at)
		none, _ := c.claim(ann, at)
		if first != "a" || second != "b" || none != "" {
			t.Errorf("claimed %q, %q, %q", first, second, none)
		}
		c.do(func(tx *db.Tx) error { return invoice.BillTold(c.ctx, tx, b, false) })
		again, b := c.claim(ann, at+1)
		c.do(func(tx *db.Tx) error { return invoice.BillTold(c.ctx, tx, b, true) })
		lapsed, _ := c.claim(ann, at+60) // whoever had it died
		none, _ = c.claim(ann, at+61)
		if again != "b" || lapsed != "a" || none != "" {
			t.Errorf("claimed %q, %q, %q", again, lapsed, none)
		}
	})
}

// A line of the statement pays one of equal bills, and none that was made after it.
func TestANeighbourPaysABill(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann := c.user("ann")
		line := func(peer string, sat int64) {
			c.do(func(tx *db.Tx) error {
				_, err := statement.Add(c.ctx, tx, statement.Line{User: int64(ann.ID), At: now + 1, Incoming: true, Amount: amount.FromSats(sat), Peer: peer})
				return err
			})
		}
		line("bob", 5)
		for _, message := range []string{"a", "b"} {
			c.bill(ann, message, "bob", 5)
		}
		c.bill(ann, "nobody", "", 5)
		line("bob", 6)
		line("carol", 5)
		line("", 5)
		pay := func() (all []invoice.Bill) {
			t.Helper()
			all, err := invoice.PaidBills(c.ctx, c.Read(), ann.ID)
			c.must(err)
			for _, b := range all {
				c.do(func(tx *db.Tx) error { return invoice.PayBill(c.ctx, tx, b) })
			}
			return all
		}
		if all := pay(); len(all) != 0 {
			t.Errorf("paid %+v", all)
		}
		line("bob", 5)
		if n := c.ends(ann, now+60); n != 1 { // of the two, it is not said yet which was paid
			t.Errorf("%d ended", n)
		}
		if all := pay(); len(all) != 1 || all[0].Proof != "#5" {
			t.Errorf("paid %+v", all)
		}
		if all := pay(); len(all) != 0 {
			t.Errorf("paid again: %+v", all)
		}
		if n := c.ends(ann, now+60); n != 1 {
			t.Errorf("%d ended", n)
		}
		if first, _ := c.claim(ann, now+60); first != "a" {
			t.Errorf("first is told %q", first)
		}
	})
}

// Several programs tell each bill once.
func TestBillsAreClaimedByOneProgram(t *testing.T) {
	several(t, 3, func(t *testing.T, all []town) {
		c := all[0]
		ann := c.user("ann")
		const bills = 20
		for n := range bills {
			c.bill(ann, fmt.Sprint(n), "", 5)
		}
		c.ends(ann, now+60)
		var mu sync.Mutex
		told := map[string]int{}
		var telling sync.WaitGroup
		for _, one := range all {
			telling.Go(func() {
				for range bills {
					message, id := one.claim(ann, now+60)
					if message == "" {
						continue
					}
					one.do(func(tx *db.Tx) error { return invoice.BillTold(one.ctx, tx, id, true) })
					mu.Lock()
					told[message]++
					mu.Unlock()
				}
			})
		}
		telling.Wait()
		if len(told) != bills {
			t.Errorf("%d of %d were told", len(told), bills)
		}
		for message, n := range told {
			if n != 1 {
				t.Errorf("%s was told %d times", message, n)
			}
		}
	})
}
