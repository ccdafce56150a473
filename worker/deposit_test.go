package worker_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestDepositFromMempoolToBalance(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		u, addr := c.user()
		txid, err := c.chain.Fund(t.Context(), addr, 50_000)
		if err != nil {
			t.Fatal(err)
		}
		c.work("it is seen", func() error { return c.coin(txid, deposit.Seen) })
		if err := c.money(u, 0, 0); err != nil {
			t.Error(err)
		}
		c.mine(1)
		c.work("it is credited", func() error { return c.coin(txid, deposit.Credited) })
		c.mine(3)
		for range 5 {
			_ = c.turn()
		}
		if err := c.money(u, 50_000, 0); err != nil {
			t.Error(err)
		}
		for _, phrase := range []string{"deposit.seen", "deposit.credited"} {
			if n := c.told(u, phrase); n != 1 {
				t.Errorf("%s was told %d times", phrase, n)
			}
		}
		c.clean()
	})
}

func TestALargeDepositWaitsLonger(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u, addr := c.user()
	txid, err := c.chain.Fund(t.Context(), addr, 1_000_001)
	if err != nil {
		t.Fatal(err)
	}
	c.mine(2)
	c.work("it is two blocks deep", func() error { return c.deep(txid, 2) })
	if err := c.money(u, 0, 0); err != nil {
		t.Error(err)
	}
	c.mine(1)
	c.work("it is credited", func() error { return c.money(u, 1_000_001, 0) })
	c.clean()
}

func (c *town) deep(txid string, confirmations int64) error {
	all, err := deposit.All(c.Context(), c.Read())
	if err != nil {
		return err
	}
	for _, coin := range all {
		if coin.TxID == txid && coin.Confirmations == confirmations {
			return nil
		}
	}
	return fmt.Errorf("got %+v, want %d confirmations", all, confirmations)
}

// LND hears of a replacement only if that pays the wallet, too, or when it
// is started and tells the network of what waits.
func TestAReplacedDepositIsGone(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u, addr := c.user()
	txid, err := c.chain.Fund(t.Context(), addr, 60_000)
	if err != nil {
		t.Fatal(err)
	}
	c.work("it is seen", func() error { return c.coin(txid, deposit.Seen) })
	if _, err := c.chain.Replace(t.Context(), txid); err != nil {
		t.Fatal(err)
	}
	c.mine(2)
	if err := c.lnd.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.work("it is gone", func() error { return c.coin(txid, deposit.Gone) })
	if err := c.money(u, 0, 0); err != nil {
		t.Error(err)
	}
	if c.told(u, "deposit.gone") != 1 || c.told(u, "deposit.credited") != 0 {
		t.Error("the user was not told, or of something else")
	}
	c.clean()
}

// A credited deposit leaves with its block and comes back, at every depth.
func TestReorgTakesADepositBackAndGivesItAgain(t *testing.T) {
	for _, depth := range []int{1, 2, 3} {
		t.Run(fmt.Sprint(depth), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := open(t, d)
				u, addr := c.user()
				txid, err := c.chain.Fund(t.Context(), addr, 70_000)
				if err != nil {
					t.Fatal(err)
				}
				blocks, err := c.chain.Mine(t.Context(), depth)
				if err != nil {
					t.Fatal(err)
				}
				c.work("it is credited", func() error { return c.deep(txid, int64(depth)) })
				branch := c.away(txid, depth)
				c.work("it is taken back", func() error { return c.money(u, 0, 0) })
				if c.told(u, "deposit.reorged") != 1 {
					t.Error("the user was not told")
				}
				c.clean()

				// The old branch comes back and outgrows the other one.
				for _, call := range []func() error{
					func() error { return c.chain.Invalidate(t.Context(), branch) },
					func() error { return c.chain.Reconsider(t.Context(), blocks[0]) },
				} {
					if err := call(); err != nil {
						t.Fatal(err)
					}
				}
				c.mine(4)
				c.work("it is given again", func() error { return c.money(u, 70_000, 0) })
				if err := c.coin(txid, deposit.Credited); err != nil {
					t.Error(err)
				}
				if n := c.told(u, "deposit.credited"); n != 2 {
					t.Errorf("told %d times", n)
				}
				c.clean()
			})
		})
	}
}

// away puts a branch without a deposit in the place of the last blocks, and
// returns its first block.
func (c *town) away(txid string, depth int) string {
	c.Helper()
	if err := c.chain.Undo(c.Context(), depth); err != nil {
		c.Fatal(err)
	}
	if _, err := c.chain.Replace(c.Context(), txid); err != nil {
		c.Fatal(err)
	}
	blocks, err := c.chain.Mine(c.Context(), depth+1)
	if err != nil {
		c.Fatal(err)
	}
	return blocks[0]
}

// What was spent of a deposit that left is the operator's loss, and its owner
// may not send.
func TestReorgOfASpentDeposit(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	ann, addr := c.user()
	bob, _ := c.user()
	txid, err := c.chain.Fund(t.Context(), addr, 80_000)
	if err != nil {
		t.Fatal(err)
	}
	c.mine(2)
	c.work("it is credited", func() error { return c.money(ann, 80_000, 0) })
	c.give(ann, bob, 50_000)
	c.away(txid, 2)
	c.work("what is left is taken back", func() error { return c.money(ann, 0, 0) })
	if err := c.money(bob, 50_000, 0); err != nil {
		t.Error(err)
	}
	u, err := useraccount.ByID(t.Context(), c.Read(), ann.ID)
	if err != nil || !u.Suspended {
		t.Errorf("got %+v (%v)", u, err)
	}
	c.clean()
}

// give moves money to a neighbour.
func (c *town) give(from, to *useraccount.User, sat int64) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		o, err := limits.Draft(c.Context(), tx, from, draftTo(to, sat), c.clock().Unix())
		if err != nil {
			return err
		}
		_, err = limits.Confirm(c.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
}

func TestACoinOnAnAddressOfNobodyIsLeftAlone(t *testing.T) {
	c := open(t, dbtest.SQLite(t))
	u, _ := c.user()
	addr, err := c.node.Address(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	txid, err := c.chain.Fund(t.Context(), addr, 90_000)
	if err != nil {
		t.Fatal(err)
	}
	c.mine(1)
	other := c.rich(10_000) // comes later, and is booked
	if err := c.coin(txid, deposit.Credited); err == nil {
		t.Error("it is on the books")
	}
	if err := c.money(u, 0, 0); err != nil {
		t.Error(err)
	}
	if err := c.money(other, 10_000, 0); err != nil {
		t.Error(err)
	}
	c.surplus += 90_000 * amount.Sat // the operator's own
	c.clean()
}
