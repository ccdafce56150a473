package worker_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// exchange is an amnesiac that says one thing of every transaction, and in whose place
// something happens while it lists what came.
type exchange struct {
	*amnesiac
	says   chain.TxStatus
	during func()
}

func (e exchange) Tx(context.Context, string) (chain.TxStatus, error) { return e.says, nil }

func (e exchange) Since(ctx context.Context, cursor string) (chain.Receipts, error) {
	if e.during != nil {
		e.during()
	}
	return e.amnesiac.Since(ctx, cursor)
}

// elsewhere is a town whose deposit, of the wallet "first", is young.
func elsewhere(t *testing.T, d *db.DB) *town {
	d.SetClock(func() time.Time { return time.Unix(1_000_000, 0) })
	c := &town{T: t, DB: d, ahead: new(atomic.Int64)}
	c.do(func(tx *db.Tx) error {
		ann, _, err := useraccount.Register(t.Context(), tx, "ann@example.org", 1)
		if err != nil {
			return err
		}
		if err := deposit.AddAddress(t.Context(), tx, ann.ID, "bcrt1qann", "", 1); err != nil {
			return err
		}
		err = rules.Book(t.Context(), tx, 1, "first", chain.Coin{Outpoint: chain.Outpoint{TxID: "a1"}, Address: "bcrt1qann", Amount: 50_000 * amount.Sat,
			Confirmations: 1, BlockHash: "b", Height: 250})
		if err != nil {
			return err
		}
		if err := deposit.MoveCursor(t.Context(), tx, "first", "150", 1); err != nil {
			return err
		}
		_, err = tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'first', 1)`, deposit.MarkKeys)
		return err
	})
	return c
}

func (c *town) looksAt(keys string) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		_, err := tx.ExecContext(c.Context(), `UPDATE node_cursor SET value = $2 WHERE name = $1`, deposit.MarkKeys, keys)
		return err
	})
}

// Another wallet is declared. It may know the transaction of a deposit, because it paid
// it, and not the coin; or never have heard of either. Nobody asks it: the coin stays the
// one of its own wallet, whose word counts when it is back, and nothing left the chain.
func TestAnotherWalletIsNotAskedWhereADepositIs(t *testing.T) {
	for name, says := range map[string]chain.TxStatus{
		"it paid it":               {State: chain.Confirmed, Confirmations: 7, BlockHash: "c", Height: 251},
		"it has never heard of it": {State: chain.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := elsewhere(t, d)
				c.looksAt("third")
				var log bytes.Buffer
				w := &worker.Deposits{DB: d, Chain: exchange{amnesiac: &amnesiac{keys: []string{"third"}}, says: says}, Rules: rules,
					Log: slog.New(slog.NewTextHandler(&log, nil))}
				if _, err := did(w.Step(t.Context())); err != nil {
					t.Error(err)
				}
				got, err := deposit.Find(t.Context(), d.Read(), chain.Outpoint{TxID: "a1"})
				if err != nil || got.Wallet != "first" || got.State != deposit.Credited || got.Block != "b" {
					t.Errorf("got %+v (%v)", got, err)
				}
				if strings.Contains(log.String(), "left the chain") {
					t.Errorf("the log says %s", log.String())
				}
			})
		})
	}
}

// Another wallet comes into the place of ours, and is declared, while ours is asked what
// came: that is of another wallet than the cursor. Neither moves.
func TestAWalletThatIsExchangedMeanwhileMovesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := elsewhere(t, d)
		node := exchange{amnesiac: &amnesiac{keys: []string{"first"}}, says: chain.TxStatus{State: chain.Unknown}}
		node.during = func() {
			node.keys = []string{"third"}
			c.looksAt("third")
		}
		if _, err := did(c.deposits(node).Step(t.Context())); err == nil {
			t.Error("it is taken for the one that was asked")
		}
		if at, err := deposit.Cursor(t.Context(), d.Read(), "first"); err != nil || at != "150" {
			t.Errorf("the cursor is at %q (%v)", at, err)
		}
		if err := c.coin("a1", deposit.Credited); err != nil {
			t.Errorf("what the other one has not heard of is lost: %v", err)
		}
	})
}
