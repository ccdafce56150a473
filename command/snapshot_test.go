package command_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/wallet"
)

// machines is a town whose accounts programs look at.
func machines(t *testing.T, test func(t *testing.T, w *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.now = time.Now() // of the node, which dates invoices
		w.desk.Lightning = wallet.Lightning{Node: nodes.channels, Fees: paymentorder.Fees{PerMillion: 10_000, Least: 10 * amount.Sat},
			Expiry: time.Hour, Open: 20, FinalCLTV: 500}
		w.enrol("ann", "bob")
		w.pays("ann", 90_000, 1)
		test(t, w)
	})
}

func (w *town) snapshot(who string, since int64) wallet.Snapshot {
	w.t.Helper()
	p, err := w.desk.Snapshot(context.Background(), w.caller(who), since)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// caller is somebody in person, who asks the wallet itself.
func (w *town) caller(who string) wallet.Caller {
	w.t.Helper()
	by, err := w.desk.Caller(context.Background(), wallet.Caller{JID: jid(who)})
	if err != nil {
		w.t.Fatal(err)
	}
	return by
}

func TestSnapshot(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		began := w.now.Unix()
		if p := w.snapshot("ann", began); p.Balance != amount.FromSats(90_000) || p.Held != 0 || p.Last != 1 || len(p.Lines) != 1 || len(p.Orders) != 0 {
			t.Errorf("got %+v", p)
		}
		w.pays("ann", 7000, 0)
		if p := w.snapshot("ann", began); p.Incoming != amount.FromSats(7000) {
			t.Errorf("got %+v", p)
		}
		w.now = w.now.Add(100 * time.Second)
		code := w.order("ann", "", "pay 500 bob tea")
		p := w.snapshot("ann", w.now.Unix())
		if len(p.Orders) != 1 || p.Orders[0].Code != code || p.Orders[0].State != "new" || p.Orders[0].Rail != "inside" || p.Orders[0].Memo != "tea" {
			t.Errorf("got %+v", p.Orders)
		}
		if len(p.Lines) != 0 || p.Last != 1 {
			t.Errorf("an old line is new: %+v", p.Lines)
		}
		w.must("ann", "", "confirm "+code)
		p = w.snapshot("ann", w.now.Unix())
		if len(p.Orders) != 1 || p.Orders[0].State != "done" || !p.Orders[0].Paid || p.Last != 2 || len(p.Lines) != 1 || p.Lines[0].Peer != "bob" {
			t.Errorf("got %+v", p)
		}
		if p := w.snapshot("ann", w.now.Unix()+1); len(p.Orders)+len(p.Lines) != 0 {
			t.Errorf("what ended is still there: %+v", p)
		}
		if p := w.snapshot("bob", w.now.Unix()); len(p.Lines) != 1 || !p.Lines[0].Incoming || len(p.Orders) != 0 {
			t.Errorf("bob's: %+v", p)
		}
		if _, err := w.desk.Snapshot(t.Context(), w.caller("carol"), 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody's: %v", err)
		}
	})
}

// Between the end of its time and the worker that writes it down, an order is
// expired for who looks.
func TestOrdersForMachines(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		var codes []string
		for n := range 3 {
			codes = append(codes, w.order("ann", "", fmt.Sprintf("pay %d bob", 100+n)))
		}
		all, total, err := w.desk.Orders(t.Context(), w.caller("ann"), 1, 1)
		if err != nil || total != 3 || len(all) != 1 || all[0].Code != codes[1] {
			t.Errorf("got %+v of %d, %v", all, total, err)
		}
		w.now = w.now.Add(time.Hour)
		o, err := w.desk.Order(t.Context(), w.caller("ann"), codes[0])
		if err != nil || o.State != "expired" {
			t.Errorf("got %+v, %v", o, err)
		}
		for name, tt := range map[string]struct{ who, code string }{
			"of somebody else": {"bob", codes[0]}, "no code": {"ann", "' OR 1=1"}, "unknown": {"ann", "zzzz"},
		} {
			if _, err := w.desk.Order(t.Context(), w.caller(tt.who), tt.code); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestInvoicesForMachines(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		began := w.now.Unix()
		v := w.receivable("ann", "receive 1000 tea")
		if v.Hash == "" {
			t.Fatalf("got %+v", v)
		}
		i, err := w.desk.Invoice(t.Context(), w.caller("ann"), v.Hash)
		if err != nil || i.State != "open" || i.Text != v.Invoice || i.Amount != amount.FromSats(1000) || i.Memo != "tea" {
			t.Errorf("got %+v, %v", i, err)
		}
		if _, err := w.desk.Invoice(t.Context(), w.caller("bob"), v.Hash); !fault.Is(err, fault.NotFound) {
			t.Errorf("bob sees it: %v", err)
		}
		// What strangers asked for is not the user's own.
		w.write(func(tx *db.Tx) error {
			return invoice.Add(t.Context(), tx, invoice.Invoice{Hash: "00", User: w.user("ann").ID, Text: "x", Door: "web", Created: began, Expires: began + 3600})
		})
		if p := w.snapshot("ann", began); len(p.Invoices) != 1 {
			t.Errorf("got %+v", p.Invoices)
		}
		if all, total, err := w.desk.Invoices(t.Context(), w.caller("ann"), 0, 10); err != nil || total != 1 || len(all) != 1 {
			t.Errorf("got %+v of %d, %v", all, total, err)
		}
		w.write(func(tx *db.Tx) error {
			if _, err := invoice.SetAside(t.Context(), tx, v.Hash); err != nil {
				return err
			}
			_, err := invoice.PaidInside(t.Context(), tx, v.Hash, amount.FromSats(1000), w.now.Unix())
			return err
		})
		if p := w.snapshot("ann", began); len(p.Invoices) != 1 || p.Invoices[0].State != "paid" || p.Invoices[0].Paid != amount.FromSats(1000) {
			t.Errorf("got %+v", p.Invoices)
		}
		if p := w.snapshot("ann", began+1); len(p.Invoices) != 0 {
			t.Errorf("what was paid is still there: %+v", p.Invoices)
		}
	})
}

// An ID that was spent on other words is known, in all ways in which one could
// be taken for another.
func TestReused(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		pay := func(id, sat string) command.Request {
			return command.Request{User: jid("ann"), Name: "pay", Args: map[string]string{"to": "bob", "amount": sat}, ID: id}
		}
		if _, err := w.desk.Ask(t.Context(), pay("a", "5")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.desk.Ask(t.Context(), pay("a b", "5")); err != nil {
			t.Fatal(err)
		}
		bobs := pay("a", "6")
		bobs.User = jid("bob")
		for name, tt := range map[string]struct {
			r    command.Request
			want bool
		}{
			"the same words":     {pay("a", "5"), false},
			"other words":        {pay("a", "6"), true},
			"another id":         {pay("b", "6"), false},
			"the start of an id": {pay("a ", "6"), false},
			"an id with a space": {pay("a b", "6"), true},
			"of somebody else":   {bobs, false},
			"without an id":      {pay("", "6"), false},
		} {
			by, err := w.desk.Caller(t.Context(), tt.r.Caller())
			if err != nil {
				t.Fatal(err)
			}
			if got, err := w.desk.Reused(t.Context(), by); got != tt.want || err != nil {
				t.Errorf("%s: got %v, %v", name, got, err)
			}
		}
	})
}

func TestEvents(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		newest, err := w.desk.NewestEvent(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.must("ann", "", "request 5 bob tea")
		w.must("ann", "", "request 6 bob tea")
		all, err := w.desk.Events(t.Context(), newest, 10)
		if err != nil || len(all) != 2 || all[0].User != jid("bob") || all[0].Phrase != "request.asked-memo" || all[0].At != w.now.Unix() || len(all[1].Next) != 1 {
			t.Errorf("got %+v, %v", all, err)
		}
		for w.notice() != nil { // told or not, they are news
		}
		again, err := w.desk.Events(t.Context(), newest, 1)
		if err != nil || len(again) != 1 || again[0].ID != all[0].ID {
			t.Errorf("got %+v, %v", again, err)
		}
	})
}

func TestLooksAround(t *testing.T) {
	machines(t, func(t *testing.T, w *town) {
		lines, err := w.desk.Transaction(t.Context(), w.caller("ann"), fmt.Sprintf("%064x", 1))
		if err != nil || len(lines) != 1 || !lines[0].Incoming {
			t.Errorf("got %+v, %v", lines, err)
		}
		if _, err := w.desk.Transaction(t.Context(), w.caller("bob"), fmt.Sprintf("%064x", 1)); !fault.Is(err, fault.NotFound) {
			t.Errorf("bob sees it: %v", err)
		}
		rates, err := w.desk.Rates(t.Context())
		if err != nil || rates["slow"] <= 0 || rates["fast"] < rates["slow"] {
			t.Errorf("got %v, %v", rates, err)
		}
		if height, hash, err := w.desk.Tip(t.Context()); err != nil || height <= 0 || len(hash) != 64 {
			t.Errorf("got %d %q, %v", height, hash, err)
		}
		if a, err := w.desk.Named(t.Context(), "ann"); err != nil || a.JID != jid("ann") || a.Username != "ann" {
			t.Errorf("got %+v, %v", a, err)
		}
		if _, err := w.desk.Named(t.Context(), "carol"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody is named: %v", err)
		}
		if a, err := w.desk.Account(t.Context(), jid("ann")); err != nil || a.Since != w.now.Unix() {
			t.Errorf("got %+v, %v", a, err)
		}
		p := w.desk.Passwords()
		if err := p.Set(t.Context(), jid("carol"), "secret word"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody has a password: %v", err)
		}
		if err := p.Set(t.Context(), jid("ann"), "secret word"); err != nil {
			t.Error(err)
		}
		var got []bool
		for _, ask := range [][2]string{{"ann", "secret word"}, {"ann", "other word"}, {"bob", "secret word"}, {"carol", "secret word"}} {
			_, ok, err := p.Check(t.Context(), jid(ask[0]), ask[1])
			if err != nil {
				t.Error(err)
			}
			got = append(got, ok)
		}
		if !slices.Equal(got, []bool{true, false, false, false}) {
			t.Errorf("got %v", got)
		}
	})
}
