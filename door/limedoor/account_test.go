package limedoor_test

import (
	"context"
	"encoding/base64"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// secret is a password as it is sent.
func secret(password string) string { return base64.StdEncoding.EncodeToString([]byte(password)) }

// register opens an account as a guest.
func (b *bot) register(name, password string) error {
	_, err := b.do(lime.Set, lime.URI("lime://"+name+"@"+gateway+"/account"), lime.Account{Password: secret(password)})
	return err
}

// change changes the password of a session's user.
func (b *bot) change(old, password string) error {
	_, err := b.do(lime.Set, "/account", lime.Account{OldPassword: secret(old), Password: secret(password)})
	return err
}

// in reports whether a password is let in.
func (w *town) in(name, password string) bool {
	_, err := w.enter(name, lime.WithPassword(password))
	return err == nil
}

func (w *town) user(jid string) *useraccount.User {
	w.t.Helper()
	u, err := useraccount.ByJID(context.Background(), w.desk.DB.Read(), jid)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// slowNode gives an address when it is let.
type slowNode struct {
	wallet.ChainNode
	asked, goOn chan bool
}

func (n slowNode) Address(ctx context.Context, label string) (string, error) {
	n.asked <- true
	<-n.goOn
	return n.ChainNode.Address(ctx, label)
}

// two are doors of two instances on one database.
func two(t *testing.T, dialect db.Dialect) (one, other *town) {
	all := dbtest.Several(t, dialect, 2)
	return newTown(t, all[0]), newTown(t, all[1])
}

// Mallory asks for a name at one instance, whose node is slow, and ann at the
// other: it is ann's.
func TestWhoRegistersLateChangesNoPassword(t *testing.T) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			one, other := two(t, dialect)
			slow := slowNode{other.desk.Chain, make(chan bool, 1), make(chan bool)}
			other.desk.Chain = slow
			late, got := other.guest(), make(chan error, 1)
			go func() { got <- late.register("ann", "mallory's word") }()
			<-slow.asked
			if err := one.guest().register("ann", "ann's own word"); err != nil {
				t.Error(err)
			}
			slow.goOn <- true
			if err := <-got; codeOf(err) != limedoor.CodeDone {
				t.Errorf("mallory hears %v, want that the name is taken", err)
			}
			if other.in("ann", "mallory's word") {
				t.Error("mallory is in ann's account")
			}
			if !one.in("ann", "ann's own word") {
				t.Error("ann is not let in")
			}
		})
	}
}

func TestOfTwoWhoRegisterOneNameOneHasIt(t *testing.T) {
	one, other := two(t, db.Postgres)
	here, there := one.guest(), other.guest()
	for _, name := range []string{"dana", "danb", "danc", "dand", "dane"} { // a network opens ten
		got := make(chan error, 1)
		go func() { got <- there.register(name, "the word of two") }()
		err := here.register(name, "the word of one")
		err2 := <-got
		if (err == nil) == (err2 == nil) {
			t.Errorf("%s: one hears %v, and the other %v", name, err, err2)
		}
		if in := one.in(name, "the word of one"); in != (err == nil) {
			t.Errorf("%s: who heard %v is in: %v", name, err, in)
		}
		if in := other.in(name, "the word of two"); in != (err2 == nil) {
			t.Errorf("%s: who heard %v is in: %v", name, err2, in)
		}
	}
}

// Two sessions know one password, and both change it.
func TestOfTwoWhoChangeOnePasswordOneDoes(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.enrol("ann")
	for range 3 {
		owner, got := w.person("ann"), make(chan error, 1)
		thief, err := w.enter("ann", lime.WithPassword("secret word"))
		if err != nil {
			t.Fatal(err)
		}
		go func() { got <- thief.change("secret word", "the thief's") }()
		err = owner.change("secret word", "the owner's")
		err2 := <-got
		if (err == nil) == (err2 == nil) {
			t.Errorf("one hears %v, and the other %v", err, err2)
		}
		if is, want := w.in("ann", "the owner's"), err == nil; is != want {
			t.Errorf("the owner hears %v, and is in: %v", err, is)
		}
	}
}

// Whoever is in by a password that was changed does nothing more, wherever they
// are, and their sessions end. Who changed it stays.
func TestAChangedPasswordEndsOtherSessions(t *testing.T) {
	one, other := two(t, db.Postgres)
	one.enrol("ann", "bob")
	owner := one.person("ann")
	stays := one.bot("ann", one.link("ann", "budget 5000/day"))
	var thieves []*bot
	for _, w := range []*town{one, other} {
		b, err := w.enter("ann", lime.WithPassword("secret word"))
		if err != nil {
			t.Fatal(err)
		}
		thieves = append(thieves, b)
	}
	if err := owner.change("secret word", "the owner's"); err != nil {
		t.Fatal(err)
	}
	for _, b := range thieves {
		for _, uri := range []lime.URI{"/balance", "/orders", "/history", "/apps", "/account"} {
			if _, err := b.do(lime.Get, uri, nil); err == nil {
				t.Errorf("a thief reads %s", uri)
			}
		}
		if _, err := b.do(lime.Set, "/orders", resource(limedoor.TypeOrder, `{"to":"bob","amount":1}`)); err == nil {
			t.Error("a thief makes an order")
		}
		b.ends()
	}
	for _, b := range []*bot{owner, stays} {
		if _, err := b.do(lime.Get, "/balance", nil); err != nil {
			t.Errorf("who may stay hears %v", err)
		}
	}
	if err := owner.change("the owner's", "another word"); err != nil {
		t.Errorf("the owner changes it again: %v", err)
	}
}

// Money is under way to an account while it is closed as empty: whoever is
// first, the account is open or there is nothing on it.
func TestAnAccountIsClosedWithNothingUnderWay(t *testing.T) {
	w := newTown(t, dbtest.Postgres(t))
	if err := w.guest().register("ann", "ann's own word"); err != nil {
		t.Fatal(err)
	}
	me, err := w.enter("ann", lime.WithPassword("ann's own word"))
	if err != nil {
		t.Fatal(err)
	}
	w.enrol("bob")
	ctx, ann, bob := t.Context(), w.user("ann@"+gateway), w.user(jid("bob"))
	got := make(chan error, 1)
	err = w.desk.DB.Tx(ctx, func(tx *db.Tx) error { // bob pays
		if _, err := ledger.Lock(ctx, tx, bob.Money, ann.Money); err != nil {
			return err
		}
		go func() {
			_, err := me.do(lime.Delete, "/account", nil)
			got <- err
		}()
		if err := dbtest.Waits(ctx, w.desk.DB, 1); err != nil {
			return err
		}
		outside, err := ledger.System(ctx, tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(ctx, tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: outside, Credit: ann.Money, Amount: 40_000 * amount.Sat, At: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-got; codeOf(err) != limedoor.CodeDone {
		t.Errorf("closing says %v", err)
	}
	if u := w.user("ann@" + gateway); !u.Active || u.Has.Balance != 40_000*amount.Sat {
		t.Errorf("the account is open: %v, with %d msat", u.Active, u.Has.Balance)
	}
}
