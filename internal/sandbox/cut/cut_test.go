package cut_test

import (
	"database/sql"
	"errors"
	"slices"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/cut"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/postgres"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// between is one connection to a server, through a proxy, and one beside it.
func between(t *testing.T) (p *cut.Proxy, through, beside *sqlx.DB) {
	t.Helper()
	needs.Programs(t)
	s, err := postgres.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	p, dsn, err := cut.StartFor(s.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	open := func(dsn string) *sqlx.DB {
		d, err := sqlx.ConnectContext(t.Context(), "pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
	beside = open(s.DSN("postgres"))
	beside.MustExec(`CREATE TABLE note (n int)`)
	return p, open(dsn), beside
}

func TestALostAnswer(t *testing.T) {
	p, through, beside := between(t)
	for name, tt := range map[string]struct {
		loss cut.Loss
		rows int
	}{
		"nothing is lost":                {cut.Loss{}, 1},
		"the answer":                     {cut.Loss{Nth: 1, Query: "INSERT"}, 1},
		"the answer, by a reset":         {cut.Loss{Nth: 1, Query: "INSERT", Reset: true}, 1},
		"the request":                    {cut.Loss{Nth: 1, Query: "INSERT", Unseen: true}, 0},
		"the request, by a reset":        {cut.Loss{Nth: 1, Query: "INSERT", Unseen: true, Reset: true}, 0},
		"the preparation of it":          {cut.Loss{Nth: 1, Query: "PREPARE INSERT"}, 0},
		"the second exchange of the two": {cut.Loss{Nth: 2}, 1},
		"one that never comes":           {cut.Loss{Nth: 2, Query: "INSERT"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			beside.MustExec(`TRUNCATE note`)
			conn, err := through.Connx(t.Context()) // a connection of its own: nothing is asked again
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			p.Lose(tt.loss)
			_, err = conn.ExecContext(t.Context(), `INSERT INTO note VALUES ($1)`, 1)
			if (err != nil) != p.Lost() {
				t.Errorf("got %v, lost %v: %q", err, p.Lost(), p.Seen())
			}
			if tt.loss.Reset != errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("got %v", err)
			}
			var rows int
			if err := beside.Get(&rows, `SELECT COUNT(*) FROM note`); err != nil || rows != tt.rows {
				t.Errorf("%d rows (%v), want %d", rows, err, tt.rows)
			}
		})
	}
}

func TestSeenAreTheExchangesInOrder(t *testing.T) {
	p, through, _ := between(t)
	p.Lose(cut.Loss{})
	conn, err := through.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTxx(t.Context(), &sql.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tx.MustExec(`INSERT INTO note VALUES ($1)`, 1)
	tx.MustExec(`DELETE FROM note`)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	err = conn.Raw(func(c any) error {
		b := &pgx.Batch{}
		b.Queue(`INSERT INTO note VALUES ($1)`, 2)
		b.Queue(`DELETE FROM note`)
		return c.(*stdlib.Conn).Conn().SendBatch(t.Context(), b).Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"begin", "PREPARE INSERT INTO note VALUES ($1)", "INSERT INTO note VALUES ($1)", "DELETE FROM note", "commit",
		"PREPARE DELETE FROM note", "INSERT INTO note VALUES ($1); DELETE FROM note"}
	got := slices.DeleteFunc(p.Seen(), func(said string) bool { return said == "-- ping" }) // of a connection that nobody used for a while
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
