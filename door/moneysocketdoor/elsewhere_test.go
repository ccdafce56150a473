package moneysocketdoor_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// Ann takes an app away in a chat with another instance: its link here ends, and
// that of her other app does not.
func TestAnAppThatIsTakenAwayElsewhereIsGoneHere(t *testing.T) {
	n, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	at := moneysocket.Location{Host: "127.0.0.1", Port: uint16(n), Plain: true}
	all := dbtest.Several(t, db.Postgres, 2)
	here, elsewhere := newTown(t, all[0], at), newTown(t, all[1], at)
	h := here.open(at)
	gone := join(t, here.enrol("ann", 10_000, "1000/day").Seed, at)
	stays := join(t, here.enrol("bob", 10_000, "1000/day").Seed, at)
	for _, a := range []*app{gone, stays} {
		a.await(t, moneysocket.Ready)
	}
	elsewhere.says("ann", "unlink game")
	gone.await(t, moneysocket.Lost)
	until(t, "one link is left", func() bool { return h.Counts().Links == 1 })
	if _, err := stays.Invoice(soon(t), 1000, ""); err != nil {
		t.Errorf("the other app: %v", err)
	}
}
