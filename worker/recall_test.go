package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// canceller says what a node says of invoices, and keeps which it was asked for.
type canceller struct {
	says  map[string]error
	asked []string
	key   string
}

func (c *canceller) Info(context.Context) (lightning.Info, error) {
	return lightning.Info{Kind: "lnd", PubKey: c.key}, nil
}

func (c *canceller) Cancel(_ context.Context, h lightning.Hash) error {
	c.asked = append(c.asked, h.String())
	return c.says[h.String()]
}

// Who leaves an account leaves no invoice behind that somebody could pay.
func TestInvoicesOfWhoHasLeftAreTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const now = 1_700_000_000
		d.SetClock(func() time.Time { return time.Unix(now, 0) })
		ctx := t.Context()
		do := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Tx(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		made := 0
		makes := func(u *useraccount.User, created int64) string {
			t.Helper()
			var p lightning.Preimage
			made++
			copy(p[:], fmt.Sprint("secret ", made))
			hash := p.Hash().String()
			do(func(tx *db.Tx) error {
				return invoice.Add(ctx, tx, invoice.Invoice{Hash: hash, User: u.ID, Preimage: p.Hex(), Text: "lnbcrt" + p.Hex(), Amount: 1000, Created: created, Expires: created + 3600})
			})
			return hash
		}
		user := func(name string) (u *useraccount.User) {
			t.Helper()
			do(func(tx *db.Tx) (err error) {
				u, _, err = useraccount.Register(ctx, tx, name+"@example.org", now)
				return err
			})
			return u
		}
		ann, bob := user("ann"), user("bob")
		makes(bob, now)
		makes(ann, now-8*24*3600) // which nobody can pay any more
		open, paid, unknown, coming, aside := makes(ann, now), makes(ann, now), makes(ann, now), makes(ann, now), makes(ann, now)
		do(func(tx *db.Tx) error {
			_, err := invoice.SetAside(ctx, tx, aside) // a neighbour pays it
			return err
		})
		node := &canceller{says: map[string]error{paid: lightning.ErrSettled, unknown: lightning.ErrNoInvoice, coming: lightning.ErrRefused}}
		r := &worker.Recall{DB: d, Node: node, Longest: 7 * 24 * time.Hour, Log: slog.New(slog.DiscardHandler)}
		step := func(fails bool, want ...string) {
			t.Helper()
			node.asked = nil
			if more, err := r.Step(ctx); more || (err != nil) != fails {
				t.Errorf("got %v, %v, want an error: %v", more, err, fails)
			}
			slices.Sort(want)
			if !slices.Equal(node.asked, want) {
				t.Errorf("the node was asked for %q, want %q", node.asked, want)
			}
		}
		step(false)
		do(func(tx *db.Tx) error {
			u, err := useraccount.Lock(ctx, tx, ann.ID)
			if err != nil {
				return err
			}
			if err := invoice.DropAll(ctx, tx, u.ID, u.Now); err != nil {
				return err
			}
			return useraccount.Unregister(ctx, tx, u, u.Now)
		})
		// Another node has never heard of them.
		do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'ours', 1)`, invoice.MarkNode)
			return err
		})
		all := []string{open, paid, unknown, coming}
		ours := node.says
		node.key, node.says = "another", map[string]error{}
		for _, hash := range all {
			node.says[hash] = lightning.ErrNoInvoice
		}
		step(true, all...)
		node.key, node.says = "ours", ours
		// A payment that comes in is nothing out of the ordinary.
		step(false, all...)
		step(false, coming)
		node.says[coming] = errors.New("no answer")
		step(true, coming)
		delete(node.says, coming)
		step(false, coming)
		step(false)
		// Another process asks once more, which changes nothing.
		r = &worker.Recall{DB: d, Node: node, Longest: r.Longest, Log: r.Log}
		step(false, all...)
	})
}
