package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// What is wrong and not new is found by a gateway that begins, and not by one that goes on,
// which reads all the books once a day.
func TestAGatewayThatBeginsReadsAllTheBooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		looks := func(g *gateway, when string, want bool) {
			t.Helper()
			g.looks.next = time.Time{}
			if _, err := g.audit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if wrong, err := freeze.BooksWrong(t.Context(), d.Read()); err != nil || wrong != want {
				t.Errorf("%s: the books are wrong: %v (%v)", when, wrong, err)
			}
		}
		begins := func() *gateway {
			g := &gateway{db: d, node: away{}, log: slog.New(slog.DiscardHandler)}
			g.config.Audit.Every = time.Minute
			return g
		}
		g := begins()
		looks(g, "the first look", false)
		f.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO audited (account_id, bal) SELECT id, 1 FROM account WHERE name = 'loss'`)
			return err
		})
		looks(g, "the next look", false)
		looks(begins(), "the first look of another one", true)
		looks(g, "the next look of the first", true)
	})
}
