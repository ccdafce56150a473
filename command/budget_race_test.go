package command_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// clerk is a town with plenty of everything, in which a bot of ann's may spend
// so many satoshis unasked, and what the bot says.
func clerk(t *testing.T, d *db.DB, budget string) (*town, func(text string) (command.Reply, error)) {
	w := newTown(t, d, node(t))
	w.overLightning()
	w.open()
	w.desk.Policy.Limits.OpenOrders = 1000
	w.desk.Policy.Limits.Day, w.desk.Policy.Limits.FirstDay = amount.Max, amount.Max
	w.enrol("ann", "bob", "mallory")
	w.pays("ann", 150_000, 100)
	w.pays("bob", 150_000, 100)
	w.must("ann", "", "link lime clerk budget "+budget)
	bot, n := w.appOf("ann/clerk").ID, new(atomic.Int64)
	return w, func(text string) (command.Reply, error) {
		return w.desk.Ask(context.Background(), command.Request{User: jid("ann"), App: bot, Text: text, ID: fmt.Sprint("bot-", n.Add(1))})
	}
}

// A budget begins by the clock that its payments are dated by, whatever a desk
// believes.
func TestABudgetHoldsWhereADeskIsAhead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := clerk(t, d, "0/total")
		w.desk.Clock = func() time.Time { return w.now.Add(4 * time.Second) }
		w.must("ann", "", "link lime robo budget 100/total")
		bot := w.appOf("ann/robo")
		if bot.Since != w.now.Unix() {
			t.Errorf("the budget begins at %d, and it is %d", bot.Since, w.now.Unix())
		}
		for i := range 4 {
			code := ""
			for j, text := range []string{"pay 100 mallory", "confirm "} {
				r, err := w.desk.Ask(context.Background(), command.Request{User: jid("ann"), App: bot.ID, Text: text + code, ID: fmt.Sprint("robo-", i, j)})
				if err != nil {
					t.Fatal(err)
				}
				if made := codeIn(r); made != "" {
					code = made
				}
			}
		}
		if paid := w.money("mallory"); paid != 100*amount.Sat {
			t.Errorf("a bot with 100 sat paid %d msat", paid)
		}
	})
}

// drafts is the code of what a bot orders.
func drafts(t *testing.T, say func(string) (command.Reply, error), text string) string {
	t.Helper()
	r, err := say(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return codeIn(r)
}

// A credit that is under way while a bot confirms what its user was too poor for
// makes nobody pay unasked.
func TestABotIsNotPaidByACreditThatComesMeanwhile(t *testing.T) {
	d := dbtest.Postgres(t)
	w, say := clerk(t, d, "10/total")
	big := drafts(t, say, "pay 150000 mallory")
	if _, err := say("confirm " + drafts(t, say, "pay 1 mallory")); err != nil {
		t.Fatal(err)
	}
	ready, goOn := make(chan bool), make(chan bool)
	done, heard := make(chan error, 1), make(chan []string, 1)
	go func() {
		done <- d.Tx(context.Background(), func(tx *db.Tx) error {
			outside, err := ledger.System(context.Background(), tx, "chain")
			if err != nil {
				return err
			}
			err = ledger.Post(context.Background(), tx, ledger.Transfer{Ref: "import:x", Step: "open", Debit: outside,
				Credit: w.user("ann").Money, Amount: amount.Sat, At: w.now.Unix()})
			ready <- true
			<-goOn
			return err
		})
	}()
	<-ready
	go func() {
		r, err := say("confirm " + big)
		heard <- w.heard(r, err)
	}()
	waits(t, d, 1)
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if said := <-heard; w.money("ann") != 150_000*amount.Sat {
		t.Errorf("the bot heard %q, and ann has %d msat", said, w.money("ann"))
	}
}

// No hooks: a bot confirms again and again, and its friend gives ann a satoshi.
func TestABotWithABudgetTakesNoMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, say := clerk(t, d, "100/total")
		for round := range 12 {
			sat := w.money("ann").Sats()
			big := drafts(t, say, fmt.Sprintf("pay %d mallory", sat))
			if _, err := say("confirm " + drafts(t, say, "pay 1 mallory")); err != nil {
				t.Fatal(err)
			}
			gift := w.order("bob", "", "pay 1 ann")
			given := make(chan bool)
			go func() {
				defer close(given)
				_, _ = w.desk.Ask(context.Background(), command.Request{User: jid("bob"), Text: "confirm " + gift, ID: fmt.Sprint("gift-", round)})
			}()
			for over := false; !over; {
				select {
				case <-given:
					over = true
				default:
				}
				if r, err := say("confirm " + big); err == nil && r.Lines[0].Phrase != "app.asked" {
					t.Fatalf("in round %d a bot with a budget of 100 sat took %d", round, sat)
				}
			}
			_, _ = w.says("ann", "", "cancel "+big)
		}
		w.balanced()
	})
}
