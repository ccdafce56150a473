package command_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// atTwo runs a test on a town that two gateways serve, where the engine allows it.
func atTwo(t *testing.T, test func(t *testing.T, w *town, desks []*command.Desk)) {
	for engine, n := range map[db.Dialect]int{db.SQLite: 1, db.Postgres: 2} {
		t.Run(engine.String(), func(t *testing.T) {
			all := dbtest.Several(t, engine, n)
			w := newTowns(t, all, node(t))
			two := copied(w.desk)
			two.DB = all[n-1]
			test(t, w, []*command.Desk{w.desk, two})
		})
	}
}

// words are a reply as it is kept, which has forgotten of which type its data were.
func words(t *testing.T, r command.Reply) string {
	t.Helper()
	text, err := json.Marshal(r)
	if err == nil {
		var all map[string]any
		if err = json.Unmarshal(text, &all); err == nil {
			text, err = json.Marshal(all)
		}
	}
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// The same stanza comes eight times at once. All hear what one of them did, also those
// who found that it was done: that it cannot be done twice is no answer to once.
func TestOneStanzaHasOneAnswer(t *testing.T) {
	atTwo(t, func(t *testing.T, w *town, desks []*command.Desk) {
		w.enrol("ann", "bob")
		w.pays("ann", 200_000, 100)
		w.desk.Policy.AddressesUnused, w.desk.Policy.Limits.OpenOrders = 1000, 1000
		desks[1].Policy = w.desk.Policy
		for what, tt := range map[string]struct {
			text  func(i int) string
			count string // what it makes one of
		}{
			"an order":        {func(int) string { return "pay 3 bob" }, `SELECT COUNT(*) FROM payment_order`},
			"a payment":       {func(int) string { return "confirm " + w.order("ann", "", "pay 3 bob") }, `SELECT COUNT(*) FROM transfer`},
			"what is dropped": {func(int) string { return "cancel " + w.order("ann", "", "pay 3 bob") }, `SELECT COUNT(*) FROM payment_order WHERE state = 'cancelled'`},
			"an address":      {func(i int) string { return fmt.Sprint("address new ", i) }, `SELECT COUNT(*) FROM deposit_address`},
			"a name":          {func(i int) string { return fmt.Sprintf("name ann%d yes", i) }, `SELECT COUNT(*) FROM username`},
			"a wish":          {func(int) string { return "request 5 bob" }, `SELECT COUNT(*) FROM notice WHERE phrase LIKE 'request.%'`},
			"a greeting":      {func(int) string { return "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080" }, `SELECT COUNT(*) FROM notice WHERE phrase LIKE 'contact.%'`},
		} {
			for i := range 3 {
				text := tt.text(i)
				var before, after int
				w.count(&before, tt.count)
				heard := crowd(t, 8, func(n int) (string, error) {
					r, err := desks[n%2].Ask(context.Background(), command.Request{User: jid("ann"), Text: text, ID: fmt.Sprint(what, i)})
					return words(t, r), err
				})
				w.count(&after, tt.count)
				if len(heard) != 1 || after != before+1 {
					t.Errorf("%s: %d were made, and the eight heard %v", what, after-before, heard)
				}
			}
		}
		w.balanced()
	})
}

// A newcomer who has no row yet that could be locked comes at two gateways.
func TestANewcomersStanzaHasOneAnswer(t *testing.T) {
	atTwo(t, func(t *testing.T, w *town, desks []*command.Desk) {
		for i := range 5 {
			who := fmt.Sprint("new", i)
			heard := crowd(t, 8, func(n int) (string, error) {
				r, err := desks[n%2].Ask(context.Background(), command.Request{User: jid(who), Text: "register " + who, ID: who})
				return words(t, r), err
			})
			if len(heard) != 1 {
				t.Errorf("the eight heard %v", heard)
			}
		}
	})
}

// The secret of an app is not written down: one hears it, and it lets the app in.
func TestOneStanzaLinksOneAppWithItsSecret(t *testing.T) {
	atTwo(t, func(t *testing.T, w *town, desks []*command.Desk) {
		w.open()
		desks[1].Apps = w.desk.Apps
		w.enrol("ann")
		for i := range 5 {
			keys := make([]string, 8)
			crowd(t, 8, func(n int) (string, error) {
				r, err := desks[n%2].Ask(context.Background(), command.Request{User: jid("ann"), Text: fmt.Sprintf("link lime bot%d budget 100/day", i), ID: fmt.Sprint(i)})
				if err != nil {
					t.Errorf("heard %v", err)
				}
				if r.Private {
					keys[n] = r.Copy[len(r.Copy)-1]
				}
				return "", nil
			})
			told := 0
			for _, key := range keys {
				if key == "" {
					continue
				}
				told++
				sum := sha256.Sum256([]byte(key))
				if _, err := app.BySecret(t.Context(), w.desk.DB.Read(), app.LIME, hex.EncodeToString(sum[:])); err != nil {
					t.Errorf("a key that lets nobody in: %v", err)
				}
			}
			if told != 1 {
				t.Errorf("%d heard a key", told)
			}
		}
	})
}
