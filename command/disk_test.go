package command_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// disk is a small file system with a database on it.
type disk struct {
	t    *testing.T
	dir  string
	file string
}

func smallDisk(t *testing.T) disk {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk{t, dir, filepath.Join(dir, "bitcoim.db")}
}

// fill leaves room for so many pages of the database.
func (d disk) fill(pages int64) {
	d.t.Helper()
	// What the log has room for already needs none of the disk.
	log, err := sql.Open("sqlite", d.file)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := log.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		d.t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		d.t.Fatal(err)
	}
	f, err := os.Create(d.filler())
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	size := int64(0)
	for err == nil {
		var n int
		n, err = f.Write(page)
		size += int64(n)
	}
	if !errors.Is(err, unix.ENOSPC) {
		d.t.Fatal(err)
	}
	if err := f.Truncate(max(size-pages*4096, 0)); err != nil {
		d.t.Fatal(err)
	}
}

func (d disk) free() {
	d.t.Helper()
	if err := os.Remove(d.filler()); err != nil {
		d.t.Fatal(err)
	}
}

func (d disk) filler() string { return filepath.Join(d.dir, "filler") }

// The disk is full: what cannot be written down is not done and not said, and
// everybody hears that they should try again. When there is room, the same
// messages have one effect each, and the books are clean.
func TestAFullDisk(t *testing.T) {
	small := smallDisk(t)
	d := dbtest.Open(t, db.Config{Driver: "sqlite", File: small.file})
	if err := d.Upgrade(t.Context(), false, func(db.Step) {}); err != nil {
		t.Fatal(err)
	}
	w := newTown(t, d, node(t))
	w.enrol("ann", "bob")
	w.pays("ann", 200_000, 100)
	w.desk.Policy.AddressesUnused, w.desk.Policy.Limits.OpenOrders = 1000, 1000
	refused, done := 0, 0
	var paid amount.Msat
	for pages := range int64(16) { // so that it is full in the middle of a transaction, too
		name := fmt.Sprintf("ann%d", pages)
		requests := []command.Request{
			{Text: "confirm " + w.order("ann", "", "pay 3 bob")}, {Text: "pay 5 bob"}, {Text: "address new " + name}, {Text: "name " + name},
		}
		paid += 3 * amount.Sat
		w.coins++
		coin := chain.Coin{Outpoint: chain.Outpoint{TxID: fmt.Sprintf("%064x", w.coins)}, Address: w.newest("bob").Address,
			Amount: 2000 * amount.Sat, Confirmations: 100, BlockHash: "block", Height: 500}
		book := func() error {
			return d.Tx(t.Context(), func(tx *db.Tx) error { return w.rules.Book(t.Context(), tx, w.now.Unix(), "key", coin) })
		}
		paid += coin.Amount
		before := w.orders()

		small.fill(pages)
		var first []command.Reply
		var said []bool
		for i := range requests {
			r := &requests[i]
			r.User, r.ID = jid("ann"), fmt.Sprintf("full-%d-%d", pages, i)
			reply, err := w.desk.Ask(context.Background(), *r)
			if err != nil && !fault.Is(err, fault.Unavailable) {
				t.Errorf("%d pages left, %s: got %v, want a fault that says later", pages, r.Text, err)
			}
			if err != nil {
				refused++
			} else {
				done++
			}
			first, said = append(first, reply), append(said, err == nil)
		}
		if _, err := w.desk.Ask(context.Background(), command.Request{User: jid("ann"), Text: "balance"}); err != nil {
			t.Errorf("%d pages left: a question is answered %v", pages, err)
		}
		if got := w.orders() - before; !said[1] && got != 0 {
			t.Errorf("%d pages left: nothing was said and there are %d orders", pages, got)
		}
		_ = book() // or not
		small.free()

		if err := book(); err != nil {
			t.Errorf("with room again, a deposit: %v", err)
		}
		for i, r := range requests {
			again, err := w.desk.Ask(context.Background(), r)
			if err != nil {
				t.Errorf("with room again, %s: %v", r.Text, err)
			}
			if said[i] && !reflect.DeepEqual(w.heard(first[i], nil), w.heard(again, nil)) {
				t.Errorf("%s: %q, then %q", r.Text, w.heard(first[i], nil), w.heard(again, nil))
			}
		}
		if got := w.orders() - before; got != 1 {
			t.Errorf("%d pages left: %d orders in the end, want 1", pages, got)
		}
		if got := w.money("bob"); got != paid {
			t.Errorf("%d pages left: bob has %d msat, want %d", pages, got, paid)
		}
	}
	if refused == 0 || done == 0 {
		t.Errorf("%d requests are refused and %d done: the disk is not full, or always", refused, done)
	}
	w.balanced()
}
