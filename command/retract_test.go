package command_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// A message that is taken back (XEP-0424) takes its order along, and nothing
// else.
func TestTakingBackAMessage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "bob")
		w.pays("ann", 50_000, 100)
		order := func(id, edits string) string {
			t.Helper()
			r, err := w.ask(command.Request{User: jid("ann"), Text: "pay 500 bob", ID: id, Edits: edits})
			if err != nil {
				t.Fatal(err)
			}
			return codeIn(r)
		}
		back := func(who, id string) string {
			t.Helper()
			r, err := w.ask(command.Request{User: jid(who), Name: "cancel", Edits: id})
			if err != nil {
				return fault.Of(err).Phrase
			}
			return strings.Join(w.heard(r, nil), "\n")
		}

		mended := order("m1", "")
		mended = strings.Join([]string{mended, order("m2", "m1")}, " ")
		for _, tt := range []struct{ name, who, id, want string }{
			{"somebody else's", "bob", "m1", ""},
			{"one that made none", "ann", "m0", ""},
			{"one that waits, corrected before", "ann", "m1", "Dropped: 500 sat to bob. Too bad!"},
			{"once more", "ann", "m1", ""},
			{"of somebody unknown", "carl", "m1", "user.not-registered"},
		} {
			if got := back(tt.who, tt.id); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
			}
		}
		for _, code := range strings.Fields(mended) {
			if _, err := w.says("ann", "", "confirm "+code); fault.Of(err).Phrase != "order.cancelled" {
				t.Errorf("confirm %s: got %v", code, err)
			}
		}

		w.confirm("ann", order("m3", ""))
		before := w.money("ann")
		if got := back("ann", "m3"); got != "edit.too-late" {
			t.Errorf("one that was paid: got %q", got)
		}
		if w.money("ann") != before {
			t.Error("taking back a message moved money")
		}
		w.balanced()
	})
}
