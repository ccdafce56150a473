package command_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// However often and from however many instances a user asks for addresses,
// there are no more that nobody paid to than one may have.
func TestAddressesAreNotForTheAsking(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			const most = 5
			all := dbtest.Several(t, dialect, 3)
			w := newTowns(t, all, node(t))
			w.desk.Policy.AddressesUnused = most
			w.enrol("ann")
			var wg sync.WaitGroup
			for i := range 12 {
				desk := copied(w.desk)
				desk.DB = all[i%len(all)]
				wg.Go(func() {
					for n := range 4 {
						text := []string{"address new", "address new shop", "address", "receive 5k"}[(i+n)%4]
						r := command.Request{User: jid("ann"), Text: text, ID: fmt.Sprint(i, "-", n)}
						if _, err := desk.Ask(context.Background(), r); err != nil && fault.Of(err).Phrase != "address.too-many" {
							t.Errorf("%s: %v", text, err)
						}
					}
				})
			}
			wg.Wait()
			for range 100 {
				if _, err := w.says("ann", "", "address new"); fault.Of(err).Phrase != "address.too-many" {
					t.Fatalf("got %v", err)
				}
			}
			if own := w.addresses("ann"); len(own) != most {
				t.Errorf("%d addresses, want %d", len(own), most)
			}
		})
	}
}

// A long list of addresses is cut, and says so.
func TestALongListOfAddresses(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann")
	w.write(func(tx *db.Tx) error {
		for i := range 80 {
			if err := deposit.AddAddress(context.Background(), tx, w.user("ann").ID, fmt.Sprintf("bcrt1q%03d", i), "", w.now.Unix()+int64(i+1)); err != nil {
				return err
			}
		}
		return nil
	})
	got := w.heard(w.must("ann", "", "address list"), nil)
	if len(got) != 52 || got[0] != "You have 81 addresses:" || got[1] != "The newest 50:" || got[51] != "bcrt1q079" {
		t.Errorf("%d lines: %q", len(got), got)
	}
}

// addresses lists somebody's.
func (w *town) addresses(who string) []deposit.Address {
	w.t.Helper()
	own, err := deposit.Addresses(context.Background(), w.desk.DB.Read(), w.user(who).ID)
	if err != nil || len(own) == 0 {
		w.t.Fatalf("%s has no address: %v", who, err)
	}
	return own
}

// newest is somebody's newest address.
func (w *town) newest(who string) deposit.Address {
	own := w.addresses(who)
	return own[len(own)-1]
}
