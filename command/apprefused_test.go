package command_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// An app that asks again hears the same refusal, whatever has changed, in the language that
// its user speaks by then.
func TestARefusalIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, id := appTown(t, d, 50_000)
		tea := w.stranger(1_000_000, "tea").text(t)
		w.must("ann", "", "app game pause")
		hears := func(key, want string) {
			t.Helper()
			if said, err := w.outcome(id, key, tea); said != want || err != nil {
				t.Errorf("heard %q, %v, want %q", said, err, want)
			}
		}
		hears("k1", "refused: The app game is paused.")
		w.must("ann", "", "app game resume")
		hears("k1", "refused: The app game is paused.")
		w.must("ann", "", "set language fr")
		hears("k1", "refused: L'appli game est en pause.")
		w.write(func(tx *db.Tx) error { // as a program of before kept it
			_, err := tx.ExecContext(t.Context(), `UPDATE app_request SET refused = 'The app game is paused.' WHERE key = 'k1'`)
			return err
		})
		hears("k1", "refused: The app game is paused.")
		hears("k2", "waits")
	})
}
