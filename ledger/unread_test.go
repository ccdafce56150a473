package ledger_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// Books that could not be read are no finding, and do not read like one.
func TestUnreadBooksBreakNoRule(t *testing.T) {
	d := dbtest.SQLite(t)
	if err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := ledger.Check(t.Context(), tx, "all is well", `SELECT nothing FROM nowhere`)
		if err == nil || strings.Contains(err.Error(), "all is well") || !strings.Contains(err.Error(), "could not be read") {
			t.Errorf("got %v", err)
		}
		return err
	}); err == nil {
		t.Error("the transaction went on")
	}
}
