package db_test

import (
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/db"
)

// Something that listens where PostgreSQL should, and says nothing, is an error in the
// end: the driver waits for ever if it is not told otherwise.
func TestNobodyWaitsForEverForAServerThatSaysNothing(t *testing.T) {
	for dsn, want := range map[string]time.Duration{
		"host=127.0.0.1":                     10 * time.Second,
		"host=127.0.0.1 connect_timeout=3":   3 * time.Second,
		"postgres://a@b/c?connect_timeout=0": 10 * time.Second,
	} {
		if got, err := db.ConnectTimeout(dsn); err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", dsn, got, err, want)
		}
	}
}
