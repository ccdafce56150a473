package command_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/cut"
	"github.com/bitcoim/bitcoim/wallet"
)

// questions are all the ways to ask a desk.
func questions(d *command.Desk, own string) map[string]func(ctx context.Context) error {
	ann, asks := jid("ann"), map[string]func(ctx context.Context) error{}
	for _, line := range []string{"balance", "history", "pending", "receive", "help", "pay 5 bob", "confirm abcd", "set unit btc"} {
		asks[line] = func(ctx context.Context) error {
			_, err := d.Ask(ctx, command.Request{User: ann, Text: line, ID: "away " + line})
			return err
		}
	}
	asks["the menu"] = func(ctx context.Context) error { _, err := d.Menu(ctx, ann, ""); return err }
	asks["the menu of a contact"] = func(ctx context.Context) error { _, err := d.Menu(ctx, ann, "bob"); return err }
	asks["the account"] = func(ctx context.Context) error { _, err := d.Account(ctx, ann); return err }
	for name, ask := range map[string]func(ctx context.Context, by wallet.Caller) error{
		"a contact":    func(ctx context.Context, by wallet.Caller) error { _, err := d.Contact(ctx, by, own); return err },
		"all contacts": func(ctx context.Context, by wallet.Caller) error { _, err := d.Contacts(ctx, by); return err },
		"own addresses": func(ctx context.Context, by wallet.Caller) error {
			_, err := d.AddressContacts(ctx, by, "ann")
			return err
		},
		"a subscription": func(ctx context.Context, by wallet.Caller) error { return d.Subscribe(ctx, by, "bob", true) },
	} {
		asks[name] = func(ctx context.Context) error {
			by, err := d.Caller(ctx, wallet.Caller{JID: ann})
			if err != nil {
				return err
			}
			return ask(ctx, by)
		}
	}
	asks["who that is"] = func(ctx context.Context) error { _, err := d.Find(ctx, ann, "bob"); return err }
	asks["the members"] = func(ctx context.Context) error { _, err := d.Members(ctx, "", 10); return err }
	asks["the directory"] = func(ctx context.Context) error {
		_, err := d.Directory(ctx, wallet.Caller{JID: "root@" + home})
		return err
	}
	return asks
}

// A database that is away, or does not answer in time, is nobody's mistake:
// whatever is asked, the answer is to try again, and not a reference number.
func TestWithoutADatabase(t *testing.T) {
	all := func(t *testing.T, w *town, desk *command.Desk, ask func() (context.Context, context.CancelFunc)) {
		own := w.newest("ann").Node
		for name, question := range questions(desk, own) {
			ctx, cancel := ask()
			if err := question(ctx); !fault.Is(err, fault.Unavailable) {
				t.Errorf("%s: got %v, want a fault that says later", name, err)
			}
			cancel()
		}
		for name, question := range questions(w.desk, own) { // and not by mistake
			if err := question(context.Background()); fault.Is(err, fault.Unavailable) {
				t.Errorf("%s, with a database: %v", name, err)
			}
		}
	}
	late := func() (context.Context, context.CancelFunc) {
		return context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	}
	t.Run("too slow", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newTown(t, d, node(t))
			w.enrol("ann", "bob")
			all(t, w, w.desk, late)
		})
	})
	behind := func(t *testing.T) (*town, *command.Desk, *cut.Proxy) {
		c := dbtest.Empty(t, db.Postgres)
		proxy, dsn, err := cut.StartFor(c.DSN)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = proxy.Close() })
		straight := dbtest.Open(t, c)
		if err := straight.Upgrade(context.Background(), false, func(db.Step) {}); err != nil {
			t.Fatal(err)
		}
		// The server itself ends what waits for too long: to cancel a query is a
		// race that PostgreSQL may lose.
		sep := "?"
		if strings.Contains(dsn, "?") {
			sep = "&"
		}
		c.DSN = dsn + sep + "statement_timeout=100"
		through := dbtest.Open(t, c)
		w := newTowns(t, []*db.DB{straight, through}, node(t))
		w.enrol("ann", "bob")
		broken := copied(w.desk)
		broken.DB = through
		return w, broken, proxy
	}
	t.Run("gone", func(t *testing.T) {
		w, desk, proxy := behind(t)
		if err := proxy.Close(); err != nil {
			t.Fatal(err)
		}
		all(t, w, desk, func() (context.Context, context.CancelFunc) { return context.WithCancel(context.Background()) })
	})
	t.Run("locked", func(t *testing.T) { // by an upgrade, say
		w, desk, _ := behind(t)
		own := w.newest("ann").Node
		w.write(func(tx *db.Tx) error {
			if _, err := tx.ExecContext(context.Background(), `LOCK TABLE user_account IN ACCESS EXCLUSIVE MODE`); err != nil {
				return err
			}
			for name, question := range questions(desk, own) {
				if err := question(context.Background()); !fault.Is(err, fault.Unavailable) {
					t.Errorf("%s: got %v, want a fault that says later", name, err)
				}
			}
			return nil
		})
	})
}

// What the tables say is not what the database is: a mistake of ours stays one.
func TestAMistakeIsNotLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann")
		w.write(func(tx *db.Tx) error {
			_, err := tx.ExecContext(context.Background(), `ALTER TABLE user_account RENAME TO lost`)
			return err
		})
		_, err := w.desk.Ask(context.Background(), command.Request{User: jid("ann"), Text: "balance"})
		if !fault.Is(err, fault.Internal) {
			t.Errorf("without a table: %s", fmt.Sprint(err))
		}
	})
}
