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

// Who does not say how to connect does not send a password in the open to a server that
// says that it can not encrypt.
func TestWhoSaysNothingEncrypts(t *testing.T) {
	for dsn, want := range map[string][2]bool{
		"host=127.0.0.1":                   {true, true},
		"postgres://a@b/c":                 {true, true},
		"host=127.0.0.1 sslmode=require":   {true, true},
		"host=127.0.0.1 sslmode=prefer":    {true, false},
		"postgres://a@b/c?sslmode=disable": {false, false},
		"host=/run/postgresql":             {false, false},
	} {
		first, always, err := db.Encrypted(dsn)
		if got := [2]bool{first, always}; err != nil || got != want {
			t.Errorf("%s: got %v, want %v (%v)", dsn, got, want, err)
		}
	}
}
