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

// Whoever allows what an app asked for, and the app that pays out of its budget, read who
// takes part once.
func TestAnAppsPaymentTakesSoManyStatements(t *testing.T) {
	for engine, want := range map[db.Dialect]struct{ pay, ask, allow int }{
		db.SQLite:   {27, 22, 21},
		db.Postgres: {29, 23, 23},
	} {
		t.Run(engine.String(), func(t *testing.T) {
			d := dbtest.Several(t, engine, 1)[0]
			var said []string
			d.SetWatch(func(query string) { said = append(said, strings.Join(strings.Fields(query), " ")) })
			w, id := appTown(t, d, 2_000)
			for _, tt := range []struct {
				name string
				want int
			}{{"pay", want.pay}, {"ask", want.ask}} {
				tea := w.stranger(1_500_000, tt.name).text(t)
				said = nil
				if got, err := w.outcome(id, tt.name, tea); got != "waits" || err != nil {
					t.Fatal(got, err)
				}
				w.took(tt.name, said, tt.want)
			}
			open := w.waiting("ann")
			said = nil
			w.must("ann", "", "allow "+open[0].Code)
			w.took("allow", said, want.allow)
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
