package command_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/cut"
)

// Every answer of the database is lost once while a request is under way.
// Whoever sends the same message again then has one effect and one answer, and
// a desk that does not know says so.
func TestLostAnswersOfTheDatabase(t *testing.T) {
	c := dbtest.Empty(t, db.Postgres)
	proxy, dsn, err := cut.StartFor(c.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	})
	straight := dbtest.Open(t, c)
	if err := straight.Upgrade(context.Background(), false, func(db.Step) {}); err != nil {
		t.Fatal(err)
	}
	c.DSN = dsn
	through := dbtest.Open(t, c)
	w := newTowns(t, []*db.DB{straight, through}, node(t))
	w.enrol("ann", "bob")
	w.pays("ann", 200_000, 100)
	w.desk.Policy.AddressesUnused, w.desk.Policy.Limits.OpenOrders = 1000, 1000
	broken := copied(w.desk)
	broken.DB = through

	requests := []struct {
		name string
		text func(n int) string
		what string // counts what it makes
	}{
		{"an order", func(int) string { return "pay 3 bob" }, `SELECT COUNT(*) FROM payment_order`},
		{"a payment", func(int) string { return "confirm " + w.order("ann", "", "pay 3 bob") }, `SELECT COUNT(*) FROM payment_order WHERE state = 'done'`},
		{"an address", func(n int) string { return fmt.Sprint("address new ", n) }, `SELECT COUNT(*) FROM deposit_address`},
		{"a name", func(n int) string { return fmt.Sprintf("name ann%d yes", n) }, `SELECT COUNT(*) FROM username`},
	}
	for _, r := range requests {
		t.Run(r.name, func(t *testing.T) {
			w.t = t
			for _, unseen := range []bool{false, true} {
				lost := true
				for nth := 1; lost; nth++ {
					w.asked++
					id := fmt.Sprintf("lost-%d", w.asked)
					request := command.Request{User: jid("ann"), Text: r.text(w.asked), ID: id}
					var before, after int
					w.count(&before, r.what)
					proxy.Lose(cut.Loss{Nth: nth, Unseen: unseen})
					first, err := broken.Ask(context.Background(), request)
					lost = proxy.Lost()
					proxy.Lose(cut.Loss{})
					if err != nil && !fault.Is(err, fault.Unavailable) {
						t.Errorf("answer %d lost (unseen: %v): %v, want a fault that says later", nth, unseen, err)
					}
					again, err2 := broken.Ask(context.Background(), request)
					if err2 != nil {
						t.Fatalf("answer %d lost (unseen: %v), sent again: %v", nth, unseen, err2)
					}
					if err == nil && !reflect.DeepEqual(w.heard(first, nil), w.heard(again, nil)) {
						t.Errorf("answer %d lost: %q, then %q", nth, w.heard(first, nil), w.heard(again, nil))
					}
					if w.count(&after, r.what); after != before+1 {
						t.Errorf("answer %d lost (unseen: %v): %d of them, want one more than %d", nth, unseen, after, before)
					}
				}
			}
		})
	}
	w.t = t
	w.balanced()
}
