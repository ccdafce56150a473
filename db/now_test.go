package db_test

import (
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestTimeIsTheDatabases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var at []int64
		look := func(tx *db.Tx) error {
			now, err := tx.Now(t.Context())
			at = append(at, now)
			return err
		}
		before := time.Now().Unix()
		for range 2 {
			if err := d.Tx(t.Context(), look); err != nil {
				t.Fatal(err)
			}
			d.SetClock(func() time.Time { return time.Unix(42, 0) })
		}
		if at[0] < before || at[0] > time.Now().Unix() || at[1] != 42 {
			t.Errorf("got %d after %d, then want 42", at, before)
		}
	})
}
