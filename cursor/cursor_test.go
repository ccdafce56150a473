package cursor_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// A cursor is what it was set to; one that counts never goes back, and one that is swapped
// is moved by one of those who saw it.
func TestACursorMoves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		set := func(name, value string) func(tx *db.Tx) (bool, error) {
			return func(tx *db.Tx) (bool, error) { return true, cursor.Set(t.Context(), tx, name, value, 1) }
		}
		raise := func(to uint64) func(tx *db.Tx) (bool, error) {
			return func(tx *db.Tx) (bool, error) { return true, cursor.Raise(t.Context(), tx, "count", to, 1) }
		}
		swap := func(was, value string) func(tx *db.Tx) (bool, error) {
			return func(tx *db.Tx) (bool, error) { return cursor.Swap(t.Context(), tx, "turn", was, value, 1) }
		}
		for _, tt := range []struct {
			fact, name string
			move       func(tx *db.Tx) (bool, error)
			moved      bool
			want       string
		}{
			{"set first", "read", set("read", "b"), true, "b"},
			{"set again, to what comes before", "read", set("read", "a"), true, "a"},
			{"set to nothing, which is a value", "read", set("read", ""), true, ""},
			{"raised first", "count", raise(9), true, "9"},
			{"raised by number", "count", raise(10), true, "10"},
			{"not lowered", "count", raise(9), true, "10"},
			{"raised above what an int32 holds", "count", raise(1 << 40), true, "1099511627776"},
			{"swapped first", "turn", swap("0", "1"), true, "1"},
			{"swapped by who saw it", "turn", swap("1", "2"), true, "2"},
			{"not swapped by who saw another", "turn", swap("1", "2"), false, "2"},
		} {
			moved := false
			if err := d.Tx(t.Context(), func(tx *db.Tx) (err error) { moved, err = tt.move(tx); return err }); err != nil {
				t.Fatal(err)
			}
			got, ok, err := cursor.Find(t.Context(), d.Read(), tt.name)
			if moved != tt.moved || got != tt.want || !ok || err != nil {
				t.Errorf("%s: got %q, %v, moved %v (%v), want %q", tt.fact, got, ok, moved, err, tt.want)
			}
		}
		if got, ok, err := cursor.Find(t.Context(), d.Read(), "never"); got != "" || ok || err != nil {
			t.Errorf("never set: got %q, %v (%v)", got, ok, err)
		}
	})
}
