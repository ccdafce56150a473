package command_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// These tests hold the desk to what its ancestor, python-bitcoim of 2011, got
// wrong. Each says what that was.

// It took whole bitcoins only, kept them as SQL reals, set nothing aside for
// an order and for its fee, and let orders wait for ever.
func TestAmountsAreExactAndSetAside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "bob")
		w.pays("ann", 150_000, 100)
		for _, text := range []string{"0.1 sat", "0.2 sat", "0.00000000123 BTC", "33333.3330 sat"} { // sums that floats get wrong
			w.confirm("ann", w.order("ann", "", "pay "+text+" bob"))
		}
		if got, want := w.money("bob"), amount.Msat(100+200+123+33_333_333); got != want {
			t.Errorf("bob has %d msat, want %d", got, want)
		}
		out := w.order("ann", "", "pay 50000 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
		before := w.money("ann")
		w.confirm("ann", out)
		if held := w.held("ann"); held <= amount.FromSats(50_000) || w.money("ann")+held != before {
			t.Errorf("held %d msat of %d, want 50 000 sat and a fee", held, before)
		}
		if _, err := w.says("ann", "", fmt.Sprintf("pay %d.%03d0 sat bob", before/1000, before%1000)); !fault.Is(err, fault.InsufficientFunds) {
			t.Errorf("what is set aside could be ordered again: %v", err)
		}
		late := w.order("ann", "", "pay 1 bob")
		w.passes(10 * time.Minute)
		if _, err := w.says("ann", "", "confirm "+late); fault.Of(err).Phrase != "order.expired" {
			t.Errorf("an old code: got %v", err)
		}
		w.balanced()
	})
}

// It sent the coins first and deleted the order afterwards: a second confirm
// in between, or a crash, paid twice.
func TestManyConfirmsPayOnce(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			const instances, each = 3, 40
			all := dbtest.Several(t, dialect, instances)
			w := newTowns(t, all, node(t))
			w.enrol("ann", "bob")
			w.pays("ann", 100_000, 100)
			code := w.order("ann", "", "pay 1000 bob")
			out := w.order("ann", "", "pay 20000 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
			var wg sync.WaitGroup
			var mu sync.Mutex
			said := map[string]int{}
			for i := range instances * each {
				desk := copied(w.desk)
				desk.DB = all[i%instances]
				wg.Go(func() {
					r := command.Request{User: jid("ann"), Text: "confirm " + []string{code, out}[i%2], ID: fmt.Sprint("c", i/4)}
					_, err := desk.Ask(context.Background(), r)
					phrase := "paid"
					if err != nil {
						phrase = fault.Of(err).Phrase
					}
					mu.Lock()
					defer mu.Unlock()
					said[phrase]++
				})
			}
			wg.Wait()
			if w.money("bob") != amount.FromSats(1000) {
				t.Errorf("bob has %d msat, want 1000 sat", w.money("bob"))
			}
			if w.held("ann")+w.money("ann") != amount.FromSats(99_000) || w.held("ann") < amount.FromSats(20_000) {
				t.Errorf("ann has %d msat and %d held", w.money("ann"), w.held("ann"))
			}
			for phrase := range said {
				if phrase != "paid" && phrase != "order.confirmed-before" {
					t.Errorf("said %v", said)
				}
			}
			w.balanced()
		})
	}
}

// It answered "not enough bitcoins" to whatever went wrong, and to a payment
// to a user who had another name by now it did not answer at all.
func TestEveryFailureHasItsReason(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann", "bob", "cat")
	w.pays("ann", 210_000, 100)
	for _, tt := range []struct{ name, text, want string }{
		{"too little", "pay 210001 bob", "order.short"},
		{"too much", "pay 200001 bob", "limit.payment"},
		{"nobody", "pay 1 dan", "pay.unknown"},
		{"oneself", "pay 1 ann", "pay.yourself"},
		{"no code", "confirm aaaa", "order.unknown"},
		{"dust", "pay 1 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "pay.too-small"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := w.says("ann", "", tt.text); fault.Of(err).Phrase != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	code := w.order("ann", "", "pay 10 bob")
	w.must("bob", "", "name robert yes")
	w.confirm("ann", code)
	if got := w.money("bob"); got != amount.FromSats(10) {
		t.Errorf("the renamed payee has %d msat, want 10 sat", got)
	}
}

// It made the owner of an address from the wrong part of the JID, so neither
// the owner nor what an address had received was ever shown.
func TestAnAddressShowsItsOwnerAndWhatItReceived(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "bob")
		w.pays("ann", 7000, 100)
		own := w.newest("ann")
		for _, tt := range []struct {
			viewer, owner string
			mine, status  bool
		}{
			{"ann", "ann", true, true},
			{"root", "ann", false, false},
			{"bob", "", false, false},
			{"eve@far.example", "", false, false},
		} {
			c, err := w.desk.Contact(context.Background(), w.caller(tt.viewer), own.Node)
			if err != nil {
				t.Fatal(err)
			}
			if c.Owner != tt.owner || c.Mine != tt.mine || (c.Whose != "") != tt.status || c.Name != own.Address {
				t.Errorf("%s sees %+v", tt.viewer, c)
			}
			if tt.status != (c.Sum == amount.FromSats(7000)) {
				t.Errorf("%s reads that %d came", tt.viewer, c.Sum)
			}
		}
	})
}

// A phrase that the French file lacked ended the request, there was one
// language for all users, and "help pa" was no help.
func TestLanguagesAreTheUsersOwn(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann", "bob")
	fr, err := os.ReadFile("../i18n/fr.toml")
	if err != nil {
		t.Fatal(err)
	}
	en, err := os.ReadFile("../i18n/en.toml")
	if err != nil {
		t.Fatal(err)
	}
	gap := strings.ReplaceAll(string(fr), `"balance.now"`, `"balance.held" = "{held|both}"`+"\n#")
	gap = strings.Replace(gap, `"balance.held" = "En`, `#`, 1)
	words, err := i18n.LoadFS(fstest.MapFS{"en.toml": {Data: en}, "fr.toml": {Data: []byte(gap)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.desk.Words, w.words = words, words
	w.must("ann", "", "set language fr")
	for who, want := range map[string]string{"ann": "You have 0 sat (0 BTC).", "bob": "You have 0 sat (0 BTC)."} {
		if got := w.heard(w.must(who, "", "balance"), nil); len(got) != 1 || strings.ReplaceAll(got[0], " BTC", " BTC") != want {
			t.Errorf("%s hears %q, want %q", who, got, want)
		}
	}
	if got := w.heard(w.must("ann", "", "attente"), nil)[0]; got != "Rien n'attend et rien n'est en route." {
		t.Errorf("ann hears %q", got)
	}
	if got := w.heard(w.must("bob", "", "attente"), nil)[0]; got != "Rien n'attend et rien n'est en route." { // as he speaks
		t.Errorf("bob hears %q", got)
	}
	if got := w.heard(w.must("bob", "", "help conf"), nil)[0]; got != "send what an order holds ready" {
		t.Errorf("help conf: %q", got)
	}
}

// A name went on resolving after it was given up, two users could have the
// same one, and nothing kept codes apart.
func TestNamesAndCodesAreUnique(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			all := dbtest.Several(t, dialect, 2)
			w := newTowns(t, all, node(t))
			var wg sync.WaitGroup
			var mu sync.Mutex
			got := map[string]int{}
			const names = 12
			for i := range names * 6 {
				desk := copied(w.desk)
				desk.DB = all[i%2]
				wg.Go(func() { // three people want one name at two instances, each says it twice
					who, text := fmt.Sprintf("p%d-%d", i/6, i%3), fmt.Sprintf("register same%dx", i/6)
					_, err := desk.Ask(context.Background(), command.Request{User: jid(who), Text: text, ID: fmt.Sprint(i)})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						got["welcome"]++
					default:
						got[fault.Of(err).Phrase]++
					}
				})
			}
			wg.Wait()
			var had int
			w.count(&had, `SELECT COUNT(*) FROM username WHERE name LIKE 'same%' AND released IS NULL`)
			if had != names || got["welcome"] < names || got["fault.internal"] > 0 {
				t.Errorf("%d users have the %d names; %v", had, names, got)
			}
			w.enrol("ann", "bob")
			w.pays("ann", 100_000, 100)
			codes := map[string]bool{}
			for range 20 {
				codes[w.order("ann", "", "pay 1 bob")] = true
			}
			if len(codes) != 20 {
				t.Errorf("%d codes for 20 orders", len(codes))
			}
			w.must("bob", "", "name robert yes")
			if _, err := w.desk.Contact(context.Background(), w.caller("ann"), "bob"); !fault.Is(err, fault.NotFound) {
				t.Errorf("the old name: got %v", err)
			}
		})
	}
}

// It died of an unregistration of somebody it did not know.
func TestUnregisterOfAStranger(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	for _, text := range []string{"unregister", "unregister yes"} {
		if _, err := w.says("eve", "", text); fault.Of(err).Phrase != "user.not-registered" {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// It told nobody that coins had come, had no command for the balance, and
// knew neither fees nor limits.
func TestWhatTheAncestorDidNotHave(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann")
	w.pays("ann", 60_000, 100)
	if n := w.notice(); n == nil || n.Phrase != "deposit.credited" {
		t.Errorf("ann was told %+v of her deposit", n)
	}
	if r := w.must("ann", "", "balance"); r.Lines[0].Args["balance"] != int64(amount.FromSats(60_000)) {
		t.Errorf("balance: %+v", r)
	}
	if v := w.drafted("ann", "pay 20000 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"); v.FeeLimit <= 0 {
		t.Errorf("the fee is %d", v.FeeLimit)
	}
	w.desk.Policy.Limits.Payment = amount.FromSats(19_999)
	if _, err := w.says("ann", "", "pay 20000 bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"); !fault.Is(err, fault.NotAllowed) {
		t.Errorf("above the limit: got %v", err)
	}
}
