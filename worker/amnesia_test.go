package worker_test

import (
	"context"
	"errors"
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

// amnesiac is a synced node whose wallet knows of no coin.
type amnesiac struct {
	chain.Node
	keys  []string
	scans bool
	err   error
}

func (amnesiac) Info(context.Context) (chain.Info, error) {
	return chain.Info{Kind: "bitcoind", Synced: true, Height: 300}, nil
}
func (amnesiac) Since(context.Context, string) (chain.Receipts, error) {
	return chain.Receipts{Cursor: "200", Height: 300}, nil
}
func (amnesiac) Tx(context.Context, string) (chain.TxStatus, error) {
	return chain.TxStatus{State: chain.Unknown}, nil
}
func (a amnesiac) Keys(context.Context) ([]string, error) { return a.keys, a.err }
func (a amnesiac) Rescans(context.Context) (bool, error)  { return a.scans, a.err }

// A deposit that was spent is taken back, and its owner suspended, on the word of
// the wallet that had it, and of no other, were it declared.
func TestADepositIsLostOnlyToItsOwnWallet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.SetClock(func() time.Time { return time.Unix(1_000_000, 0) })
		c := &town{T: t, DB: d, ahead: new(atomic.Int64)}
		seen := chain.Coin{Outpoint: chain.Outpoint{TxID: "a1"}, Address: "bcrt1qann", Amount: 50_000 * amount.Sat, Confirmations: 1, BlockHash: "b", Height: 250}
		var ann, bob *useraccount.User
		c.do(func(tx *db.Tx) (err error) {
			if ann, _, err = useraccount.Register(t.Context(), tx, "ann@example.org", 1); err != nil {
				return err
			}
			if bob, _, err = useraccount.Register(t.Context(), tx, "bob@example.org", 1); err != nil {
				return err
			}
			if err := deposit.AddAddress(t.Context(), tx, ann.ID, seen.Address, "", 1); err != nil {
				return err
			}
			if err := rules.Book(t.Context(), tx, 1, "first", seen); err != nil {
				return err
			}
			if err := deposit.MoveCursor(t.Context(), tx, "first", "150", 1); err != nil {
				return err
			}
			_, err = tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'first second', 1)`, deposit.MarkKeys)
			return err
		})
		c.give(ann, bob, 40_000)
		step := func(n amnesiac) error {
			w := &worker.Deposits{DB: d, Chain: n, Rules: rules, Log: c.log()}
			_, err := did(w.Step(t.Context()))
			return err
		}
		silence := errors.New("silence")
		for name, tt := range map[string]struct {
			node amnesiac
			says error
		}{
			"another wallet":            {amnesiac{keys: []string{"third"}}, nil},
			"a wallet that rescans":     {amnesiac{keys: []string{"first"}, scans: true}, chain.ErrWarmingUp},
			"a wallet that says no key": {amnesiac{keys: []string{"first"}, err: silence}, silence},
		} {
			if err := step(tt.node); err == nil || tt.says != nil && !errors.Is(err, tt.says) {
				t.Errorf("%s: a step says %v", name, err)
			}
			if err := errors.Join(c.coin("a1", deposit.Credited), c.money(ann, 10_000, 0)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if u, err := useraccount.ByID(t.Context(), d.Read(), ann.ID); err != nil || u.Suspended {
				t.Errorf("%s: the user is %+v (%v)", name, u, err)
			}
			if at, err := deposit.Cursor(t.Context(), d.Read(), "first"); err != nil || at != "150" {
				t.Errorf("%s: the cursor is at %s (%v)", name, at, err)
			}
		}
		looked := func(keys string) {
			c.do(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE node_cursor SET value = $2 WHERE name = $1`, deposit.MarkKeys, keys)
				return err
			})
		}
		looked("third") // it was declared
		if err := step(amnesiac{keys: []string{"third"}}); err != nil {
			t.Error(err)
		}
		if err := errors.Join(c.coin("a1", deposit.Credited), c.money(ann, 10_000, 0)); err != nil {
			t.Errorf("a wallet that was declared: %v", err)
		}
		for key, want := range map[string]string{"first": "150", "third": "200"} {
			if at, err := deposit.Cursor(t.Context(), d.Read(), key); err != nil || at != want {
				t.Errorf("the cursor of %s is at %q (%v), want %s", key, at, err, want)
			}
		}
		looked("first second")
		if err := step(amnesiac{keys: []string{"first", "fourth"}}); err != nil {
			t.Error(err)
		}
		if err := c.coin("a1", deposit.Gone); err == nil {
			t.Error("a coin that was credited is gone as if it had not been")
		}
		if err := errors.Join(c.coin("a1", deposit.Reorged), c.money(ann, 0, 0), c.money(bob, 40_000, 0)); err != nil {
			t.Errorf("its own wallet forgot it: %v", err)
		}
	})
}
