package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// An operator restores a backup in which an order is held that was sent and mined since. He
// does what each answer says, with a real node: the order is paid once.
func TestARestoredBackupPaysAnOrderOnce(t *testing.T) {
	b := openBank(t)
	l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
	var o *paymentorder.Order
	b.must(b.db.Tx(t.Context(), func(tx *db.Tx) error {
		now, err := tx.Now(t.Context())
		if err != nil {
			return err
		}
		o, err = l.Draft(t.Context(), tx, b.ann, paymentorder.Draft{ToAddress: stranger, SaidTo: stranger, Amount: 20_000 * amount.Sat, FeeLimit: 5_000 * amount.Sat, FeeRate: 2000}, now)
		if err != nil {
			return err
		}
		_, err = l.Confirm(t.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	}))
	dir := filepath.Dir(b.config)
	books, copied := filepath.Join(dir, "bitcoim.db"), filepath.Join(dir, "copy.db")
	if out, err := b.run("backup", copied); err != nil {
		t.Fatal(out, err)
	}
	if out, err := b.run("audit", "-world"); err != nil {
		t.Fatal(out, err)
	}
	b.works(o, paymentorder.InFlight)
	paid, err := paymentorder.ByID(t.Context(), b.db.Read(), o.ID)
	b.must(err)
	_, err = b.chain.Mine(t.Context(), 1)
	b.must(err)
	b.works(o, paymentorder.Confirming)

	b.must(b.db.Close())
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(books + end); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	b.must(os.Rename(copied, books))
	c, err := (&program{config: b.config}).load()
	b.must(err)
	b.db, err = makeDB(t.Context(), c)
	b.must(err)
	b.db.SetClock(func() time.Time { return time.Now().Add(b.ahead) })

	if out, err := b.run("audit", "-declare", paid.TxID, "-ahead", "-reason", "it will be me"); !errors.Is(err, errSent) {
		t.Errorf("what was sent is declared ahead: %s (%v)", out, err)
	}
	line := fmt.Sprintf("bitcoim order book %d %s REASON", o.ID, paid.TxID)
	for _, args := range [][]string{{"audit", "-world"}, {"order", "list"}, {"audit", "-declare", paid.TxID, "-reason", "it was me"},
		{"order", "release", fmt.Sprint(o.ID), "why"}} {
		out, err := b.run(args...)
		if err != nil {
			out += err.Error()
		}
		if !strings.Contains(out, line) || strings.Contains(out, "-declare") {
			t.Errorf("%q says nothing of %q:\n%s", args, line, out)
		}
	}
	out, err := b.run("order", "book", fmt.Sprint(o.ID), paid.TxID, "the", "copy", "is", "older")
	if err != nil || !strings.Contains(out, "with a fee of "+inSat(amount.Msat(paid.Fee.Int64))) {
		t.Fatalf("got %q (%v)", out, err)
	}
	if out, err := b.run("audit", "-world"); err != nil || !strings.Contains(out, "the books are in order") {
		t.Errorf("got %s (%v)", out, err)
	}
	_, err = b.chain.Mine(t.Context(), 6)
	b.must(err)
	b.works(o, paymentorder.Done)
	b.has(80_000-amount.Msat(paid.Fee.Int64)/amount.Sat, 0)
	if out, err := b.run("audit", "-world"); err != nil {
		t.Errorf("got %s (%v)", out, err)
	}
	sent, err := b.node.Sent(t.Context(), "")
	if err != nil || len(sent) != 1 || sent[0].TxID != paid.TxID {
		t.Errorf("the wallet sent %+v (%v)", sent, err)
	}
	if s, err := b.node.Tx(t.Context(), paid.TxID); err != nil || s.State != chain.Confirmed {
		t.Errorf("got %+v (%v)", s, err)
	}
}
