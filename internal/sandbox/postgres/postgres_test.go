package postgres_test

import (
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/postgres"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func server(t *testing.T) *postgres.Server {
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
	return s
}

func open(t *testing.T, dsn string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.ConnectContext(t.Context(), "pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestWhatIsCommittedSurvivesAKill(t *testing.T) {
	s := server(t)
	dsn, err := s.CreateDB(t.Context(), `Tom's "money"`)
	if err != nil {
		t.Fatal(err)
	}
	open(t, dsn).MustExec(`CREATE TABLE coin (id int); INSERT INTO coin VALUES (7)`)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	var id int
	if err := open(t, dsn).Get(&id, `SELECT id FROM coin`); err != nil || id != 7 {
		t.Errorf("got %d (%v)", id, err)
	}
}

func TestItWritesToDisk(t *testing.T) {
	db := open(t, server(t).DSN("postgres"))
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var got string
		if err := db.Get(&got, "SHOW "+setting); err != nil || got != "on" {
			t.Errorf("%s is %q (%v)", setting, got, err)
		}
	}
}

func TestAKillTakesTheBackends(t *testing.T) {
	s := server(t)
	db := open(t, s.DSN("postgres"))
	asked, answered := make(chan bool), make(chan error)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		close(asked)
		_, err := conn.ExecContext(t.Context(), `SELECT pg_sleep(3600)`)
		answered <- err
	}()
	<-asked
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err == nil {
		t.Error("a dead server answered")
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAPausedServerIsSilent(t *testing.T) {
	s := server(t)
	db := open(t, s.DSN("postgres"))
	if err := s.Pause(); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := db.Exec(`SELECT 1`)
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Errorf("a frozen server answered (%v)", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := s.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
}
