package command_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// holds runs a statement in a transaction that stays open until end is called.
func holds(t *testing.T, d *db.DB, query string, args ...any) (end func()) {
	t.Helper()
	ready, goOn, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		done <- d.Tx(context.Background(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(context.Background(), query, args...)
			ready <- true
			<-goOn
			return err
		})
	}()
	<-ready
	return func() {
		t.Helper()
		goOn <- true
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

// waits asks until n sessions wait for a lock.
func waits(t *testing.T, d *db.DB, n int) {
	t.Helper()
	if err := dbtest.Waits(context.Background(), d, n); err != nil {
		t.Fatal(err)
	}
}
