package command_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// entered is the number of a new password of ann's, with which a session enters.
func (w *town) entered() int64 {
	w.t.Helper()
	if err := w.desk.Passwords().Set(context.Background(), jid("ann"), "secret word"); err != nil {
		w.t.Fatal(err)
	}
	return w.user("ann").Passwords
}

// beforeRun does something when a command was let in and has not begun.
func (w *town) beforeRun(name string, do func()) {
	w.t.Helper()
	n := slices.IndexFunc(command.Index, func(c *command.Command) bool { return c.Name == name })
	if n < 0 {
		w.t.Fatalf("there is no command %s", name)
	}
	late := *command.Index[n]
	late.Run = func(ctx context.Context, c *command.Call) (command.Reply, error) {
		do()
		return command.Index[n].Run(ctx, c)
	}
	w.desk.Commands = slices.Clone(command.Index)
	w.desk.Commands[n] = &late
}

// A password is changed because somebody else may know it. What they asked for
// just before, and what is not done yet, is not done.
func TestNothingIsDoneForAPasswordThatIsChangedMeanwhile(t *testing.T) {
	for name, text := range map[string]string{
		"confirm": "confirm CODE", "pay": "pay 1 bob", "link": "link lime thief budget 5000/day", "app": "app clerk budget 9000/day",
		"mute": "mute bob", "unregister": "unregister yes",
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w, _ := clerk(t, d, "1000/day")
				login := w.entered()
				text := strings.Replace(text, "CODE", w.order("ann", "", "pay 1000 bob"), 1)
				w.beforeRun(name, func() { w.entered() })
				spent := w.spent()
				if _, err := w.desk.Ask(t.Context(), command.Request{User: jid("ann"), Login: login, Text: text, ID: "late"}); said(err) != "password.changed" {
					t.Errorf("heard %v", err)
				}
				if w.spent() != spent || w.money("bob") != 150_000*amount.Sat {
					t.Errorf("something was done, and bob has %d msat", w.money("bob"))
				}
			})
		})
	}
}

// spent counts the keys of requests that did something.
func (w *town) spent() (n int) {
	w.t.Helper()
	w.count(&n, `SELECT COUNT(*) FROM request`)
	return n
}

// The change and the payment are decided one after the other: here the change is
// first, and the payment waits for it.
func TestAPaymentThatWaitsForAChangeOfThePasswordIsNotMade(t *testing.T) {
	d := dbtest.Postgres(t)
	w, _ := clerk(t, d, "1000/day")
	login := w.entered()
	code := w.order("ann", "", "pay 1000 bob")
	free := holds(t, d, `UPDATE user_account SET passwords = passwords + 1 WHERE jid = $1`, jid("ann"))
	got := w.apart(command.Request{User: jid("ann"), Login: login, Text: "confirm " + code, ID: "late"})
	waits(t, d, 1)
	free()
	if err := <-got; said(err) != "password.changed" || w.money("bob") != 150_000*amount.Sat {
		t.Errorf("heard %q, bob has %d msat", said(err), w.money("bob"))
	}
}
