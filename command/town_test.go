package command_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
	"github.com/bitcoim/bitcoim/worker"
)

const (
	gateway = "bitcoin.example.org"
	home    = "example.org"
)

// town is a desk on a fresh database, the people who come to it, and a clock
// that moves when a test says so.
type town struct {
	t     testing.TB
	desk  *command.Desk
	words *i18n.Catalogue
	rules deposit.Rules
	now   time.Time
	asked int
	coins int
}

func newTown(t testing.TB, d *db.DB, n chain.Node) *town { return newTowns(t, []*db.DB{d}, n) }

// newTowns is a town whose database several programs open.
func newTowns(t testing.TB, all []*db.DB, n chain.Node) *town {
	t.Helper()
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, words: words, now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		rules: deposit.Rules{Confirmations: 1, ConfirmationsLarge: 3, Large: amount.FromSats(1_000_000), Minimum: amount.FromSats(1000)}}
	for _, d := range all {
		d.SetClock(func() time.Time { return w.now })
	}
	w.desk = command.New(&wallet.Service{DB: all[0], Chain: n, Words: words, Clock: func() time.Time { return w.now },
		Policy: wallet.Policy{
			Domain: gateway, Network: "regtest", Languages: []string{"en"}, Admins: []string{"root@" + home}, Served: []string{home},
			Limits: paymentorder.Limits{Payment: amount.FromSats(200_000), Day: amount.FromSats(500_000), FirstDay: amount.FromSats(200_000),
				Balance: amount.FromSats(1_000_000), OpenOrders: 20, TTL: 600},
			Confirmations: 1, MinPayment: amount.FromSats(546), MinDeposit: amount.FromSats(1000), AddressesUnused: 3, Stale: 60, Version: "1.0",
		}})
	return w
}

// copied is another desk for the same wallets, of which a test changes something.
func copied(d *command.Desk) *command.Desk {
	s := *d.Service
	return command.New(&s)
}

// jid is a person's: those without a domain live at home.
func jid(who string) string {
	if strings.Contains(who, "@") {
		return who
	}
	return who + "@" + home
}

// ask takes one request to the desk, with a key of its own if it has none, and
// holds the answer to what every answer must be.
func (w *town) ask(r command.Request) (command.Reply, error) {
	w.t.Helper()
	if r.ID == "" {
		w.asked++
		r.ID = fmt.Sprintf("auto-%d", w.asked)
	}
	reply, err := w.desk.Ask(context.Background(), r)
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			w.t.Errorf("%+v: an internal fault: %v", r, err)
		}
		w.wellSaid(f.Phrase, f.Args)
		return reply, err
	}
	for _, l := range reply.Lines {
		w.wellSaid(l.Phrase, l.Args)
	}
	for _, n := range reply.Next {
		if !w.words.Printer("en", "").Has(n.Label) {
			w.t.Errorf("%+v: a button has the label %q", r, n.Label)
		}
	}
	if _, err := json.Marshal(reply); err != nil {
		w.t.Errorf("%+v: the reply does not survive JSON: %v", r, err)
	}
	return reply, nil
}

// says is ask for a line of chat.
func (w *town) says(who, at, text string) (command.Reply, error) {
	w.t.Helper()
	return w.ask(command.Request{User: jid(who), At: at, Text: text})
}

// must is says for what cannot go wrong.
func (w *town) must(who, at, text string) command.Reply {
	w.t.Helper()
	r, err := w.says(who, at, text)
	if err != nil {
		w.t.Fatalf("%s says %q: %v", who, text, err)
	}
	return r
}

// wellSaid checks that a phrase exists and gets all that it asks for.
func (w *town) wellSaid(phrase string, args map[string]any) {
	w.t.Helper()
	names, ok := w.words.Args(phrase)
	if !ok {
		w.t.Errorf("there is no phrase %q", phrase)
	}
	for _, name := range names {
		if _, ok := args[name]; !ok && phrase != "fault.internal" {
			w.t.Errorf("the phrase %q lacks {%s}", phrase, name)
		}
	}
	for name, v := range args {
		switch v.(type) {
		case string, bool, int64, float64: // float64 is an int64 that came back from JSON
		default:
			w.t.Errorf("the phrase %q has a %T for {%s}", phrase, v, name)
		}
	}
}

// heard is a reply as its reader sees it, no-break spaces as spaces.
func (w *town) heard(r command.Reply, err error) []string {
	p := w.words.Printer(r.Lang, r.Unit)
	var lines []string
	if err != nil {
		f := fault.Of(err)
		args := maps.Clone(f.Args)
		lines = append(lines, p.Say(f.Phrase, args))
	} else {
		for _, l := range r.Lines {
			lines = append(lines, p.Say(l.Phrase, l.Args))
		}
		lines = append(lines, r.Copy...)
	}
	return strings.Split(plain(strings.Join(lines, "\n")), "\n")
}

func plain(text string) string { return strings.ReplaceAll(text, "\u00A0", " ") }

// enrol registers people by their names.
func (w *town) enrol(names ...string) {
	w.t.Helper()
	for _, n := range names {
		local, _, _ := strings.Cut(n, "@")
		w.must(n, "", "register "+local)
	}
}

// user reads somebody's row.
func (w *town) user(who string) *useraccount.User {
	w.t.Helper()
	u, err := useraccount.ByJID(context.Background(), w.desk.DB.Read(), jid(who))
	if err != nil {
		w.t.Fatalf("%s: %v", who, err)
	}
	return u
}

// pays books a coin on somebody's newest address.
func (w *town) pays(who string, sat, confirmations int64) {
	w.t.Helper()
	w.coins++
	c := chain.Coin{Outpoint: chain.Outpoint{TxID: fmt.Sprintf("%064x", w.coins)}, Address: w.newest(who).Address,
		Amount: amount.FromSats(sat), Confirmations: confirmations}
	if confirmations > 0 {
		c.BlockHash, c.Height = "block", 500
	}
	w.write(func(tx *db.Tx) error { return w.rules.Book(context.Background(), tx, w.now.Unix(), "key", c) })
}

func (w *town) write(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.desk.DB.Tx(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// passes moves the clock and ends the orders whose time ran out.
func (w *town) passes(d time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(d)
	l := worker.Expire{DB: w.desk.DB, Clock: w.desk.Clock, Wake: func() {}}
	for more := true; more; {
		var err error
		if more, err = l.Step(context.Background()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// notice is the next thing that somebody is told, nil for nothing.
func (w *town) notice() *outbox.Notice {
	w.t.Helper()
	var n *outbox.Notice
	w.write(func(tx *db.Tx) error {
		claimed, err := outbox.Claim(context.Background(), tx, "", 1, w.now.Unix(), 30)
		if err != nil || len(claimed) == 0 {
			return err
		}
		n = &claimed[0][0].Notice
		return outbox.MarkDelivered(context.Background(), tx, w.now.Unix(), n.ID)
	})
	if n != nil {
		w.wellSaid(n.Phrase, n.Args)
	}
	return n
}
