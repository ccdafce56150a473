package command_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/wallet"
)

// Who registers twice at once does not hear that the name is taken, which is by them; and
// has the name of the first time.
func TestWhoRegistersTwiceHasOneAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		caller := func(id string) wallet.Caller {
			by, err := w.desk.Caller(t.Context(), wallet.Caller{JID: jid("ann"), Key: wallet.Key{ID: id, Asked: "register"}})
			if err != nil {
				t.Fatal(err)
			}
			return by
		}
		// They came before there was an account, and go on after.
		same, other, third := caller("one"), caller("two"), caller("three")
		first, err := w.desk.Register(t.Context(), caller("one"), wallet.NewAccount{Name: "ann"})
		if err != nil || len(first.Addresses) != 1 {
			t.Fatal(first, err)
		}
		for name, tt := range map[string]struct {
			by   wallet.Caller
			name string
		}{"the same request": {same, "ann"}, "another": {other, "ann"}, "one for another name": {third, "anna"}} {
			got, err := w.desk.Register(t.Context(), tt.by, wallet.NewAccount{Name: tt.name})
			if err != nil || got.Name != "ann" || len(got.Addresses) != 1 || got.Addresses[0] != first.Addresses[0] {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
		if u := w.user("ann"); u.Name != "ann" {
			t.Errorf("she is called %s", u.Name)
		}
	})
}
