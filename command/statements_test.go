package command_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// took is how many statements something takes, and in how many journeys to the database they
// go, but for those of the COMMIT. On PostgreSQL they are most of what a payment costs. A number here
// goes up only for a reason that is worth it to everybody who pays.
type took struct{ statements, journeys int }

func TestAPaymentToANeighbourTakesSoManyStatements(t *testing.T) {
	for engine, want := range map[db.Dialect]struct{ pay, confirm took }{
		db.SQLite:   {took{6, 6}, took{9, 9}},
		db.Postgres: {took{7, 6}, took{12, 5}},
	} {
		t.Run(engine.String(), func(t *testing.T) {
			d := dbtest.Several(t, engine, 1)[0]
			var said [][]string
			d.SetWatch(func(queries ...string) { said = append(said, queries) })
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
	for engine, want := range map[db.Dialect]struct{ pay, ask, allow took }{
		db.SQLite:   {took{27, 27}, took{22, 22}, took{21, 21}},
		db.Postgres: {took{29, 26}, took{23, 22}, took{24, 19}},
	} {
		t.Run(engine.String(), func(t *testing.T) {
			d := dbtest.Several(t, engine, 1)[0]
			var said [][]string
			d.SetWatch(func(queries ...string) { said = append(said, queries) })
			w, id := appTown(t, d, 2_000)
			for _, tt := range []struct {
				name string
				want took
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
func (w *town) took(name string, said [][]string, want took) {
	w.t.Helper()
	got := took{0, len(said)}
	var all []string
	for _, queries := range said {
		got.statements += len(queries)
		all = append(all, strings.Join(strings.Fields(strings.Join(queries, " ; ")), " "))
	}
	if got != want {
		w.t.Errorf("%s took %+v, want %+v:\n%s", name, got, want, strings.Join(all, "\n"))
	}
}
