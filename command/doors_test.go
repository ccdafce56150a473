package command_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Every command says the same to a line of chat as to a form, on the gateway
// and on contacts. The rows are one story; each is said to two towns, to one
// in chat and to the other by form.
func TestChatAndFormsAnswerAlike(t *testing.T) {
	const stranger = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
	type args = map[string]string
	story := []struct {
		at, text string
		name     string
		args     args
	}{
		{"", "help", "help", nil},
		{"", "help pay", "help", args{"topic": "pay"}},
		{"", "help dance", "help", args{"topic": "dance"}},
		{"bob", "help", "help", nil},
		{"bob", "help pay", "help", args{"topic": "pay"}},
		{stranger, "help", "help", nil},
		{"", "register ann", "register", args{"name": "ann"}},
		{"", "about", "about", nil},
		{"", "receive", "receive", nil},
		{"", "receive 5000 beer and crisps", "receive", args{"amount": "5000", "memo": "beer and crisps"}},
		{"", "receive 1 000 sat beer", "receive", args{"amount": "1 000 sat", "memo": "beer"}},
		{"", "receive -5", "receive", args{"amount": "-5"}},
		{"", "address", "address", nil},
		{"", "address", "address", args{"do": "show"}},
		{"", "address list", "address", args{"do": "list"}},
		{"", "address new the shop", "address", args{"do": "new", "label": "the shop"}},
		{"", "adresse nouvelle boutique", "address", args{"do": "nouvelle", "label": "boutique"}},
		{"", "address new", "address", args{"do": "new"}},
		{"", "address label " + stranger + " mine", "address", args{"do": "label", "address": stranger, "label": "mine"}},
		{"", "address label", "address", args{"do": "label"}},
		{"", "address burn", "address", args{"do": "burn"}},
		{stranger, "address label mine", "address", args{"do": "label", "label": "mine"}},
		{"", "balance", "balance", nil},
		{"bob", "balance", "balance", nil},
		{"", "pay 5000 bob", "pay", args{"amount": "5000", "to": "bob"}},
		{"", "pay 5000 bob lunch with you", "pay", args{"amount": "5000", "to": "bob", "memo": "lunch with you"}},
		{"", "pay 1 000 sat bob", "pay", args{"amount": "1 000 sat", "to": "bob"}},
		{"", "pay 20000 " + stranger + " fast rent", "pay", args{"amount": "20000", "to": stranger, "speed": "fast", "memo": "rent"}},
		{"", "pay 20000 " + stranger + " lent", "pay", args{"amount": "20000", "to": stranger, "speed": "lent"}},
		{"", "pay all bob", "pay", args{"amount": "all", "to": "bob"}},
		{"", "pay all " + stranger, "pay", args{"amount": "all", "to": stranger}},
		{"", "payer tout bob", "pay", args{"amount": "tout", "to": "bob"}},
		{"", "pay bitcoin:" + stranger + "?amount=0.0002&label=Shop", "pay", args{"to": "bitcoin:" + stranger + "?amount=0.0002&label=Shop"}},
		{"", "pay 5 carol", "pay", args{"amount": "5", "to": "carol"}},
		{"", "pay 5", "pay", args{"amount": "5"}},
		{"", "pay", "pay", nil},
		{"", "pay bob", "pay", args{"to": "bob"}},
		{"", "pay 1,000 bob", "pay", args{"amount": "1,000", "to": "bob"}},
		{"bob", "pay 7 lunch", "pay", args{"amount": "7", "memo": "lunch"}},
		{"bob", "pay", "pay", nil},
		{stranger, "pay 20000 slow rent", "pay", args{"amount": "20000", "speed": "slow", "memo": "rent"}},
		{"", "pending", "pending", nil},
		{"bob", "pending", "pending", nil},
		{"", "confirm", "confirm", nil},
		// One that costs no fee: the node asks for a little more or less each time, and the balances below are compared.
		{"", "pay 9 bob", "pay", args{"amount": "9", "to": "bob"}},
		{"", "confirm zzzz", "confirm", args{"code": "zzzz"}},
		{"", "confirm {last}", "confirm", args{"code": "{last}"}},
		{"", "confirm {last}", "confirm", args{"code": "{last}"}},
		{"", "cancel", "cancel", nil},
		{"", "cancel {last}", "cancel", args{"code": "{last}"}},
		{"bob", "cancel all", "cancel", args{"code": "all"}},
		{"", "annuler tout", "cancel", args{"code": "tout"}},
		{"", "pay 5 bob", "pay", args{"amount": "5", "to": "bob"}},
		{"", "confirm {last}", "confirm", args{"code": "{last}"}},
		{"", "history", "history", nil},
		{"", "history 1", "history", args{"count": "1"}},
		{"", "history in", "history", args{"way": "in"}},
		{"", "history sorties", "history", args{"way": "sorties"}},
		{"", "history", "history", args{"way": "any"}},
		{"", "history 1 out with bob before 3", "history", args{"count": "1", "way": "out", "with": "bob", "before": "3"}},
		{"", "history 0", "history", args{"count": "0"}},
		{"", "history sideways", "history", args{"way": "sideways"}},
		{"bob", "history", "history", nil},
		{"", "tx 1", "tx", args{"number": "1"}},
		{"bob", "tx #2", "tx", args{"number": "#2"}},
		{"", "tx 99", "tx", args{"number": "99"}},
		{"", "tx", "tx", nil},
		{"", "request 5 bob pizza and beer", "request", args{"amount": "5", "to": "bob", "memo": "pizza and beer"}},
		{"bob", "request 5 pizza", "request", args{"amount": "5", "memo": "pizza"}},
		{"", "request 5 carol", "request", args{"amount": "5", "to": "carol"}},
		{"", "request 5 " + stranger, "request", args{"amount": "5", "to": stranger}},
		{"", "mute", "mute", nil},
		{"", "mute bob", "mute", args{"to": "bob"}},
		{"", "mute zed", "mute", args{"to": "zed"}},
		{"", "unmute bob", "unmute", args{"to": "bob"}},
		{"", "unmute bob", "unmute", args{"to": "bob"}},
		{"", "apps", "apps", nil},
		{"", "link", "link", nil},
		{"", "link lime", "link", args{"kind": "lime"}},
		{"", "link lime robo budget 2000 sat / week expires 30d", "link", args{"kind": "lime", "name": "robo", "budget": "2000 sat / week", "expires": "30d"}},
		{"", "link lime till receive-only", "link", args{"kind": "lime", "name": "till", "rights": "receive-only"}},
		{"", "link lime robo", "link", args{"kind": "lime", "name": "robo"}},
		{"", "link lime second budget 1/year", "link", args{"kind": "lime", "name": "second", "budget": "1/year"}},
		{"", "link moneysocket game moneysocket1x", "link", args{"kind": "moneysocket", "name": "game", "beacon": "moneysocket1x"}},
		{"", "apps", "apps", nil},
		{"", "app", "app", nil},
		{"", "app robo", "app", args{"name": "robo"}},
		{"", "appli robo budget 10k/semaine", "app", args{"name": "robo", "do": "budget", "budget": "10k/semaine"}},
		{"", "app robo pause", "app", args{"name": "robo", "do": "pause"}},
		{"", "app robo reprendre", "app", args{"name": "robo", "do": "reprendre"}},
		{"", "app robo log", "app", args{"name": "robo", "do": "log"}},
		{"", "app robo dance", "app", args{"name": "robo", "do": "dance"}},
		{"", "allow", "allow", nil},
		{"", "allow zzzz", "allow", args{"code": "zzzz"}},
		{"", "allow {last}", "allow", args{"code": "{last}"}},
		{"", "deny zzzz", "deny", args{"code": "zzzz"}},
		{"", "unlink", "unlink", nil},
		{"", "unlink robo", "unlink", args{"name": "robo"}},
		{"", "unlink robo", "unlink", args{"name": "robo"}},
		{"", "name", "name", nil},
		{"", "name Anna yes", "name", args{"name": "Anna"}},
		{"", "name bob", "name", args{"name": "bob"}},
		{"", "set", "set", nil},
		{"", "set unit bit", "set", args{"setting": "unit", "value": "bit"}},
		{"", "set unit furlong", "set", args{"setting": "unit", "value": "furlong"}},
		{"", "set presence off", "set", args{"setting": "presence", "value": "off"}},
		{"", "set avis oui", "set", args{"setting": "avis", "value": "oui"}},
		{"", "set colour blue", "set", args{"setting": "colour", "value": "blue"}},
		{"", "limit", "limit", nil},
		{"", "limit 50k/day yes", "limit", args{"limit": "50k/day"}},
		{"", "limit 60 000 sat yes", "limit", args{"limit": "60 000 sat"}},
		{"", "limit off yes", "limit", args{"limit": "off"}},
		{"", "limit lots", "limit", args{"limit": "lots"}},
		{"bob", "receive", "receive", nil},
		{"bob", "set unit btc", "set", args{"setting": "unit", "value": "btc"}},
		{"", "set language français", "set", args{"setting": "language", "value": "français"}},
		{"", "unregister", "unregister", nil},
		{"", "unregister perhaps", "unregister", args{"sure": "perhaps"}},
		{"", "désinscription oui", "unregister", args{"sure": "oui"}},
		{"", "balance", "balance", nil},
		{"", "dance", "dance", nil},
	}
	towns := [2]*town{newTown(t, dbtest.SQLite(t), node(t)), newTown(t, dbtest.SQLite(t), node(t))}
	last := [2]string{}
	for _, w := range towns {
		w.open()
		w.enrol("ann", "bob")
		w.pays("ann", 150_000, 100)
	}
	told := map[string]bool{}
	for _, row := range story {
		told[row.name] = true
		name := row.text
		if row.at != "" {
			name = "at " + row.at + ": " + row.text
		}
		var got [2]string
		lang := "" // a form is in the language of the client, chat in that of the words
		for i, w := range towns {
			w.t = t
			w.passes(time.Second)
			r := command.Request{User: jid("ann"), At: row.at}
			if i == 0 {
				r.Text = strings.ReplaceAll(row.text, "{last}", last[i])
			} else {
				r.Name, r.Args, r.Lang = row.name, maps.Clone(row.args), lang
				for k, v := range r.Args {
					r.Args[k] = strings.ReplaceAll(v, "{last}", last[i])
				}
			}
			reply, err := w.ask(r)
			lang = reply.Lang
			got[i] = strings.Join(w.heard(reply, err), "\n") + fmt.Sprint("\n", reply.Lang, reply.Unit, len(reply.Greet), len(reply.Part), reply.Presence, len(reply.Next))
			if made := codeIn(reply); made != "" {
				last[i] = made
			}
			got[i] = w.same(got[i])
		}
		if got[0] != got[1] {
			t.Errorf("%s\n in chat: %q\n by form: %q", name, got[0], got[1])
		}
	}
	for _, cmd := range command.Index {
		if !told[cmd.Name] {
			t.Errorf("the story does not have %s", cmd.Name)
		}
	}
	for _, w := range towns {
		w.balanced()
	}
}

var (
	someCode = regexp.MustCompile(`\b(confirm|cancel|confirmer|annuler|[Oo]rder|ordre|order|code) [a-z2-9]{4}\b|\b[a-z2-7]{26}\b|\[[a-z2-9]{4}\]`)
	someFee  = regexp.MustCompile(`(at most|needs|That is everything;|Pay|au plus) [0-9 .]+ (sat|bits)( \([0-9.,]+ BTC\))?|[0-9 ]+ sat are kept`)
)

// same takes out of an answer what is by chance: the town's own addresses,
// codes, and what the node asks for today.
func (w *town) same(text string) string {
	var own []string
	rows, err := w.desk.DB.Read().QueryContext(context.Background(), `SELECT address FROM deposit_address ORDER BY created, user_id`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			w.t.Fatal(err)
		}
		own = append(own, a)
	}
	for i, a := range own {
		text = strings.ReplaceAll(text, a, fmt.Sprintf("<address %d>", i+1))
	}
	text = someCode.ReplaceAllString(text, "<code>")
	if strings.Contains(text, "on the chain") {
		text = someFee.ReplaceAllString(text, "<fee>")
	}
	return text
}

// What a menu offers works with every field left empty: an answer or a fault,
// and no order.
func TestEmptyFormsDoNoHarm(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann", "bob")
	w.pays("ann", 100_000, 100)
	for _, at := range []string{"", "bob", "ann", w.newest("ann").Node, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"} {
		menu, err := w.desk.Menu(context.Background(), jid("ann"), at)
		if err != nil || len(menu) == 0 {
			t.Fatalf("at %q: %v, %v", at, menu, err)
		}
		for _, spec := range menu {
			empty := map[string]string{}
			for _, f := range spec.Fields {
				empty[f.Name] = ""
				if at != "" && f.Name == "to" {
					t.Errorf("at %q %s asks whom", at, spec.Name)
				}
				for _, choice := range f.Choices {
					if !w.words.Printer("fr", "").Has("choice." + f.Name + "." + choice) {
						t.Errorf("%s: the choice %s of %s has no word", spec.Name, choice, f.Name)
					}
				}
				if f.Default != "" && !slices.Contains(f.Choices, f.Default) {
					t.Errorf("%s: the default %s of %s is no choice", spec.Name, f.Default, f.Name)
				}
			}
			for _, args := range []map[string]string{nil, empty, {"no such": "field"}} {
				_, _ = w.ask(command.Request{User: jid("ann"), At: at, Name: spec.Name, Args: args})
			}
		}
	}
	if n := w.orders(); n > 0 {
		t.Errorf("%d orders", n)
	}
	if !w.user("ann").Active {
		t.Error("ann was unregistered by an empty form")
	}
	w.balanced()
}
