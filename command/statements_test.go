package command_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Each statement is a journey to the database, and on PostgreSQL they are most of what a
// payment costs. A number here goes up only for a reason that is worth it to everybody
// who pays.
func TestAPaymentToANeighbourTakesSoManyStatements(t *testing.T) {
	for engine, want := range map[db.Dialect]struct{ pay, confirm int }{
		db.SQLite:   {6, 9},
		db.Postgres: {7, 12},
	} {
		t.Run(engine.String(), func(t *testing.T) {
			d := dbtest.Several(t, engine, 1)[0]
			var said []string
			d.SetWatch(func(query string) { said = append(said, strings.Join(strings.Fields(query), " ")) })
			w := newTown(t, d, node(t))
			w.enrol("ann", "bob")
			w.pays("ann", 100_000, 6)
			said = nil
			code := w.order("ann", "", "pay 5 bob")
			w.took("pay", said, want.pay)
			said = nil
			w.confirm("ann", code)
			w.took("confirm", said, want.confirm)
		})
	}
}

// took says which statements there were, if there were not so many.
func (w *town) took(name string, said []string, want int) {
	w.t.Helper()
	if len(said) != want {
		w.t.Errorf("%s took %d statements, want %d:\n%s", name, len(said), want, strings.Join(said, "\n"))
	}
}
