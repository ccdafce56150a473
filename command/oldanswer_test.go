package command_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// What was answered by a program of before results had types is answered so again, and
// makes nothing.
func TestAnAnswerOfBeforeTypesIsGivenAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "bob")
		w.pays("ann", 100_000, 6)
		r := command.Request{User: jid("ann"), Text: "pay 5 bob", ID: "of old"}
		if _, err := w.ask(r); err != nil {
			t.Fatal(err)
		}
		const old = `{"Lines":[{"Phrase":"cancel.all","Args":{"n":7}}],"Copy":null,"Next":[{"Text":"confirm k7fw","Label":"button.confirm"}],"Lang":"en","Unit":"sat"}`
		w.write(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE request SET reply = $1 WHERE key LIKE 'of old %'`, old)
			return err
		})
		before := w.orders()
		reply, err := w.ask(r)
		if err != nil || len(reply.Lines) != 1 || reply.Lines[0].Phrase != "cancel.all" || len(reply.Next) != 1 || reply.Next[0].Text != "confirm k7fw" {
			t.Errorf("heard %+v, %v", reply, err)
		}
		if n := w.orders() - before; n != 0 {
			t.Errorf("%d more orders", n)
		}
	})
}

// A result that was kept is said in the words of now, whatever the command finds now.
func TestAResultThatWasKeptIsSaidAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.open()
		w.enrol("ann", "bob")
		w.pays("ann", 100_000, 6)
		w.must("ann", "", "link moneysocket game budget 5/day")
		for _, text := range []string{"pay 5 bob", "confirm {code}", "pay 6 bob", "cancel {code}", "cancel all",
			"address", "address new shop", "address label {address} till", "address hide {address}", "receive 5000 tea",
			"app game budget 7/week", "app game pause", "app game resume", "unlink game",
			"name anna yes", "limit 5000 yes", "limit 6000 yes", "set notify off", "set presence off", "set unit mBTC", "set language fr",
			"request 7 bob lunch", "mute bob", "unmute bob", "{address}", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"} {
			w.write(func(tx *db.Tx) error { // so that another is made, and kept
				_, err := tx.ExecContext(t.Context(), `UPDATE deposit_address SET used = 1`)
				return err
			})
			text = strings.ReplaceAll(text, "{address}", w.newest("ann").Address)
			if open := w.waiting("ann"); len(open) > 0 {
				text = strings.ReplaceAll(text, "{code}", open[0].Code)
			}
			r := command.Request{User: jid("ann"), Text: text, ID: "kept " + text}
			first, err := w.ask(r)
			if err != nil {
				t.Fatal(text, err)
			}
			again, err := w.ask(r)
			if err != nil || words(t, first) != words(t, again) {
				t.Errorf("%s: first %s, then %s, %v", text, words(t, first), words(t, again), err)
			}
		}
	})
}

// What an app needs is said the first time and never again, and the database does not
// have it.
func TestTheSecretOfALinkIsKeptNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.open()
		w.enrol("ann")
		for _, kind := range []string{"moneysocket", "lime"} {
			r := command.Request{User: jid("ann"), Text: "link " + kind + " an" + kind + " budget 5/day", ID: "once " + kind}
			first, err := w.ask(r)
			if err != nil || !first.Private || len(first.Copy) == 0 {
				t.Fatalf("%s: first %+v, %v", kind, first, err)
			}
			secret := first.Copy[len(first.Copy)-1]
			again, err := w.ask(r)
			if err != nil || len(again.Copy) != 0 || again.QR != "" || len(again.Lines) != 1 || !reflect.DeepEqual(again.Lines[0], first.Lines[0]) {
				t.Errorf("%s: then %+v, %v", kind, again, err)
			}
			var kept string
			w.write(func(tx *db.Tx) error {
				return tx.GetContext(t.Context(), &kept, `SELECT reply FROM request WHERE key LIKE $1`, "once "+kind+" %")
			})
			if strings.Contains(kept, secret) || !strings.Contains(kept, "an"+kind) {
				t.Errorf("%s: kept is %s", kind, kept)
			}
		}
	})
}
