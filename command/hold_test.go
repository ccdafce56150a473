package command_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
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

// waits asks PostgreSQL until n of its sessions wait for a lock.
func waits(t *testing.T, d *db.DB, n int) {
	t.Helper()
	for {
		var got int
		err := sqlx.GetContext(context.Background(), d.Read(), &got, `
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		if err != nil {
			t.Fatal(err)
		}
		if got >= n {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
