package command_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/wallet"
)

// apart asks in a goroutine.
func (w *town) apart(r command.Request) <-chan error {
	got := make(chan error, 1)
	go func() { _, err := w.desk.Ask(context.Background(), r); got <- err }()
	return got
}

// hastens lets the clock be put forward, in seconds, while others look at it.
func (w *town) hastens() *atomic.Int64 {
	from, ahead := w.now, new(atomic.Int64)
	w.desk.Clock = func() time.Time { return from.Add(time.Duration(ahead.Load()) * time.Second) }
	w.desk.DB.SetClock(w.desk.Clock)
	return ahead
}

func (w *town) waiting(who string) []paymentorder.Order {
	w.t.Helper()
	open, err := paymentorder.Waiting(context.Background(), w.desk.DB.Read(), w.user(who).ID, w.now.Unix())
	if err != nil {
		w.t.Fatal(err)
	}
	return open
}

// An app that is taken away while it asks for something leaves no question.
func TestUnlinkLeavesNoQuestion(t *testing.T) {
	d := dbtest.Postgres(t)
	w, id := appTown(t, d, 0)
	tea := w.stranger(1_000_000, "tea").text(t)
	free := holds(t, d, `UPDATE app SET leased = leased WHERE id = $1`, id)
	asked := make(chan error, 1)
	go func() { _, err := w.outcome(id, "k1", tea); asked <- err }()
	waits(t, d, 1)
	gone := w.apart(command.Request{User: jid("ann"), Text: "unlink game", ID: "u"})
	waits(t, d, 2)
	free()
	if err := <-gone; err != nil {
		t.Error(err)
	}
	<-asked
	if open := w.waiting("ann"); len(open) > 0 {
		t.Errorf("%d questions of an app that is gone wait", len(open))
	}
}

// Who allows asks whether the app may still pay.
func TestNobodyAllowsAnAppWhoseTimeIsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, say := clerk(t, d, "0/total expires 1d")
		w.now = w.now.Add(24*time.Hour - time.Minute)
		code := drafts(t, say, "pay 1000 bob")
		if _, err := say("confirm " + code); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(2 * time.Minute)
		if _, err := w.says("ann", "", "allow "+code); said(err) != "app.over" || w.money("bob") != 150_000*amount.Sat {
			t.Errorf("heard %q, bob has %d msat", said(err), w.money("bob"))
		}
	})
}

// What is to be dropped as a whole is dropped, whoever takes back a part of it.
func TestUnlinkIsNotRefusedForAQuestionThatIsGone(t *testing.T) {
	d := dbtest.Postgres(t)
	w, say := clerk(t, d, "0/total")
	code := drafts(t, say, "pay 1 bob")
	if _, err := say("confirm " + code); err != nil {
		t.Fatal(err)
	}
	free := holds(t, d, `UPDATE payment_order SET state = 'expired', ended = 1 WHERE code = $1 AND state = 'new'`, code)
	got := w.apart(command.Request{User: jid("ann"), Text: "unlink clerk", ID: "u"})
	waits(t, d, 1)
	free()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestCancelAllBesideABotThatDraftsAndCancels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, say := clerk(t, d, "0/total")
		var both sync.WaitGroup
		both.Go(func() {
			for range 20 {
				if r, err := say("pay 1 bob"); err == nil {
					_, _ = say("cancel " + codeIn(r))
				}
			}
		})
		for i := range 20 {
			if _, err := w.desk.Ask(context.Background(), command.Request{User: jid("ann"), Text: "cancel all", ID: fmt.Sprint("all", i)}); err != nil {
				t.Error(err)
			}
		}
		both.Wait()
	})
}

// An app pays nothing after its end, however long its request waited.
func TestAnAppThatIsOverDoesNotPay(t *testing.T) {
	d := dbtest.Postgres(t)
	w, say := clerk(t, d, "5000/day expires 1d")
	a := w.appOf("ann/clerk")
	w.now = time.Unix(a.Expires.Int64-5, 0)
	ahead := w.hastens()
	code := drafts(t, say, "pay 1000 bob")
	free := holds(t, d, `UPDATE app SET leased = leased WHERE id = $1`, a.ID)
	got := make(chan error, 1)
	go func() { _, err := say("confirm " + code); got <- err }()
	waits(t, d, 1)
	ahead.Store(25)
	free()
	if err := <-got; said(err) != "app.over" || w.money("bob") != 150_000*amount.Sat {
		t.Errorf("heard %q, bob has %d msat", said(err), w.money("bob"))
	}
}

// Who is confirmed and who leaves at once: one of the two happened first.
func TestABotConfirmsWhileItsUserLeaves(t *testing.T) {
	d := dbtest.Postgres(t)
	w := newTown(t, d, node(t))
	w.open()
	w.enrol("ann", "bob")
	w.pays("ann", 150_000, 100)
	for i := range 5 {
		if !w.user("ann").Active {
			w.must("ann", "", "register ann")
		}
		w.must("ann", "", "link lime clerk budget 5000/day")
		bot := w.appOf("ann/clerk").ID
		ask := func(text string) <-chan error {
			return w.apart(command.Request{User: jid("ann"), App: bot, Text: text, ID: fmt.Sprint(text, i)})
		}
		if err := <-ask("pay 1 bob"); err != nil {
			t.Fatal(err)
		}
		confirmed := ask("confirm " + w.waiting("ann")[0].Code)
		left := w.apart(command.Request{User: jid("ann"), Text: "unregister yes", ID: fmt.Sprint("u", i)})
		if err := <-confirmed; err != nil && said(err) == "fault.internal" {
			t.Error(err)
		}
		if err := <-left; err != nil {
			t.Error(err)
		}
	}
	w.balanced()
}

// A bill whose time runs out while a neighbour pays it is not cancelled.
func TestABillThatIsBeingPaidIsNotCancelled(t *testing.T) {
	d := dbtest.Postgres(t)
	w := newTown(t, d, node(t))
	w.overLightning()
	w.open()
	w.enrol("ann", "bob")
	w.pays("bob", 100_000, 6)
	v := w.receivable("ann", "receive 500")
	_, err := w.desk.Bill(t.Context(), w.caller("ann"), wallet.Bill{Message: "m", Node: "bob@x", Hash: v.Hash, Address: v.Address, Amount: v.Amount, Ends: v.Expires})
	if err != nil {
		t.Fatal(err)
	}
	w.now = time.Unix(v.Expires-2, 0)
	ahead := w.hastens()
	code := w.order("bob", "", v.Invoice)
	free := holds(t, d, `UPDATE payment_order SET due = due WHERE code = $1`, code)
	paid := w.apart(command.Request{User: jid("bob"), Text: "confirm " + code, ID: "late"})
	waits(t, d, 1)
	ahead.Store(3)
	lapsed := make(chan error, 1)
	go func() { lapsed <- w.desk.LapseBills(context.Background(), w.caller("ann")) }()
	waits(t, d, 2)
	free()
	if err := <-paid; err != nil {
		t.Error(err)
	}
	if err := <-lapsed; err != nil {
		t.Error(err)
	}
	if err := w.desk.EndBills(t.Context(), w.caller("ann"), func(e wallet.BillEnd) bool { t.Errorf("the bot heard that it is over: %+v", e); return true }); err != nil {
		t.Error(err)
	}
}

// However many ask at once, no more invoices are open than may be.
func TestOpenInvoicesAreCountedUnderTheLock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.overLightning()
		w.open()
		w.enrol("ann")
		w.desk.Lightning.Open = 3
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				_, _ = w.desk.Ask(context.Background(), command.Request{User: jid("ann"), Text: fmt.Sprint("receive ", 1000+i), ID: fmt.Sprint("r", i)})
			})
			all.Go(func() {
				_, _ = w.desk.InvoiceFor(context.Background(), wallet.StrangerInvoice{Name: "ann", Amount: 1000 * amount.Sat, Note: fmt.Sprint(i), Door: "web"})
			})
		}
		all.Wait()
		var own, web int
		w.count(&own, `SELECT COUNT(*) FROM invoice WHERE door = '' AND state = 'open'`)
		w.count(&web, `SELECT COUNT(*) FROM invoice WHERE door = 'web' AND state = 'open'`)
		if own != 3 || web != 3 {
			t.Errorf("ann has %d of her own and %d of strangers, want 3 each", own, web)
		}
	})
}

// A budget or a leave that comes late changes nothing: another may have followed.
func TestALateBudgetIsNotSet(t *testing.T) {
	w, _ := appTown(t, dbtest.SQLite(t), 0)
	for text, want := range map[string]string{"app game budget 9000/day": "command.stale", "app game resume": "command.stale", "app game pause": "", "app game": ""} {
		_, err := w.ask(command.Request{User: jid("ann"), Text: text, Sent: w.now.Add(-time.Hour)})
		if said(err) != want {
			t.Errorf("%q an hour late: heard %q, want %q", text, said(err), want)
		}
	}
}
