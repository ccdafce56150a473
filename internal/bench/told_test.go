package main

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// write runs statements in one transaction.
func write(t *testing.T, d *db.DB, all ...string) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for _, q := range all {
			if _, err := tx.ExecContext(t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHowFarTellingIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := notices{d.Read()}
		is := func(wantShare, wantOldest float64) {
			t.Helper()
			share, oldest, err := n.since(t.Context(), 1, time.Unix(1000, 0))
			if err != nil || share != wantShare || oldest != wantOldest {
				t.Errorf("%v %% are told, the oldest waits for %v s (%v), want %v, %v", share, oldest, err, wantShare, wantOldest)
			}
		}
		write(t, d, `INSERT INTO notice (jid, phrase, created, due) VALUES ('a', 'before', 1, 1)`)
		is(100, 0)
		write(t, d, `INSERT INTO notice (jid, phrase, created, due) VALUES ('a', 'x', 990, 990), ('a', 'x', 993, 993), ('a', 'x', 993, 993), ('b', 'x', 994, 994)`)
		is(0, 10)
		write(t, d, `UPDATE notice SET told = 995 WHERE created = 990`)
		is(25, 7)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := n.told(gone); err == nil {
			t.Error("some wait, and all are said to be told")
		}
		write(t, d, `UPDATE notice SET told = 996 WHERE id > 1`, `UPDATE notice SET tries = 1, bounced = 1 WHERE id = 1`)
		is(100, 0)
		if err := n.told(t.Context()); err != nil {
			t.Errorf("what came back is waited for: %v", err)
		}
	})
}

// third does something before the third question.
type third struct {
	sqlx.QueryerContext
	asked int
	do    func()
}

func (q *third) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	if q.asked++; q.asked == 3 {
		q.do()
	}
	return q.QueryerContext.QueryRowxContext(ctx, query, args...)
}

// The time in which notices are told is time that the payments took.
func TestARateOfPaymentsEndsWhenAllAreTold(t *testing.T) {
	d := dbtest.SQLite(t)
	q := &third{QueryerContext: d.Read()} // what was the newest, how far telling is, and whether it ended
	q.do = func() { write(t, d, `UPDATE notice SET told = 2`) }
	var p paymentRate
	err := p.measure(t.Context(), notices{q}, time.Second, func() (sample, error) {
		write(t, d, `INSERT INTO notice (jid, phrase, created, due) VALUES ('a', 'x', 1, 1)`)
		return sample{perSecond: 100}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if made, ours, share := p.made[0].perSecond, p.ours[0].perSecond, p.share[0]; made != 100 || ours >= made || share != 0 {
		t.Errorf("got %v/s, %v/s with every notice told, %v %% of them by then", made, ours, share)
	}
}
