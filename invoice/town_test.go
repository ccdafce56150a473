package invoice_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const (
	now  = 1_700_000_000
	node = "02aa" // public key of the Lightning node
)

// town is a database with people in it.
type town struct {
	*testing.T
	ctx context.Context
	*db.DB
	made *int
}

// at sets the clock of the database.
func at(c town, seconds int64) town {
	c.SetClock(func() time.Time { return time.Unix(seconds, 0) })
	return c
}

// each opens a town on each engine.
func each(t *testing.T, test func(t *testing.T, c town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, at(town{t, t.Context(), d, new(int)}, now)) })
}

// several opens one town through n programs, on each engine.
func several(t *testing.T, n int, test func(t *testing.T, all []town)) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			var all []town
			made := new(int)
			for _, d := range dbtest.Several(t, dialect, n) {
				all = append(all, at(town{t, t.Context(), d, made}, now))
			}
			test(t, all)
		})
	}
}

func (c town) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c town) do(fn func(tx *db.Tx) error) {
	c.Helper()
	c.must(c.Tx(c.ctx, fn))
}

func (c town) user(name string) *useraccount.User {
	c.Helper()
	var u *useraccount.User
	c.do(func(tx *db.Tx) (err error) {
		u, _, err = useraccount.Register(c.ctx, tx, name+"@example.org", now)
		return err
	})
	return u
}

// invoice is one of u's, as the desk writes it down; m is 0 if the payer
// chooses.
func (c town) invoice(u *useraccount.User, m amount.Msat, memo string) invoice.Invoice {
	c.Helper()
	p := c.secret()
	i := invoice.Invoice{Hash: p.Hash().String(), User: u.ID, Preimage: p.Hex(), Text: "lnbcrt" + p.Hex(), Amount: m, Memo: memo,
		Created: now, Expires: now + 3600}
	c.add(i)
	return i
}

func (c town) secret() (p lightning.Preimage) {
	*c.made++
	copy(p[:], fmt.Sprint("secret ", *c.made))
	return p
}

func (c town) add(i invoice.Invoice) {
	c.Helper()
	c.do(func(tx *db.Tx) error { return invoice.Add(c.ctx, tx, i) })
}

func (c town) find(hash string) *invoice.Invoice {
	c.Helper()
	i, err := invoice.Find(c.ctx, c.Read(), hash)
	c.must(err)
	return i
}

// receipt is what the node says of an invoice that was paid.
func (c town) receipt(i invoice.Invoice, m amount.Msat, index uint64) lightning.Receipt {
	c.Helper()
	h, err := lightning.ParseHash(i.Hash)
	c.must(err)
	return lightning.Receipt{Hash: h, Amount: m, SettleIndex: index}
}

// settle books a receipt and moves the cursor, as the worker does.
func (c town) settle(r lightning.Receipt) (what invoice.Booking, err error) {
	err = c.Tx(c.ctx, func(tx *db.Tx) (err error) {
		if what, err = invoice.Settle(c.ctx, tx, r, node, now+9); err != nil {
			return err
		}
		return invoice.MoveCursor(c.ctx, tx, node, r.SettleIndex, now+9)
	})
	return what, err
}

func (c town) has(u *useraccount.User, want amount.Msat) {
	c.Helper()
	got, err := ledger.Balance(c.ctx, c.Read(), u.Money)
	c.must(err)
	if got != want {
		c.Errorf("%s has %d msat, want %d", u.JID, got, want)
	}
}

// came is what came in over Lightning by the books.
func (c town) came() amount.Msat {
	c.Helper()
	a, err := ledger.System(c.ctx, c.Read(), "lightning")
	c.must(err)
	m, err := ledger.Balance(c.ctx, c.Read(), a)
	c.must(err)
	return -m
}

func (c town) lines(u *useraccount.User) []statement.Line {
	c.Helper()
	all, err := statement.List(c.ctx, c.Read(), int64(u.ID), statement.Filter{Limit: 1000})
	c.must(err)
	return all
}

// told takes all notices that wait.
func (c town) told() (all []outbox.Notice) {
	c.Helper()
	for {
		var n *outbox.Notice
		c.do(func(tx *db.Tx) error {
			claimed, err := outbox.Claim(c.ctx, tx, "", 1, now+9, 30)
			if err != nil || len(claimed) == 0 {
				return err
			}
			n = &claimed[0][0].Notice
			return outbox.MarkDelivered(c.ctx, tx, now+9, n.ID)
		})
		if n == nil {
			return all
		}
		all = append(all, *n)
	}
}

// clean checks the books.
func (c town) clean() {
	c.Helper()
	found, err := audit.Books(c.ctx, c.Read())
	c.must(err)
	for _, f := range found {
		c.Errorf("%s: %s", f.Rule, f.What)
	}
}

// atOnce runs n calls that wait for each other.
func atOnce(n int, call func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			call(i)
		})
	}
	done.Wait()
}
