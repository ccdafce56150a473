package dbtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/postgres"
)

// cluster is the one PostgreSQL of this test process.
var cluster struct {
	once   sync.Once
	dir    string
	server *postgres.Server
	err    error
	made   atomic.Int64
}

// started is the cluster, started for the first test that asks.
func started(t testing.TB) *postgres.Server {
	t.Helper()
	needs.Programs(t)
	cluster.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if cluster.dir, cluster.err = os.MkdirTemp("", "bitcoim-postgres-"); cluster.err == nil {
			cluster.server, cluster.err = postgres.Start(ctx, cluster.dir)
		}
	})
	if cluster.err != nil {
		t.Fatalf("PostgreSQL (make deps installs it): %v", cluster.err)
	}
	return cluster.server
}

// dsn names a database of its own for every test: empty, or a copy of the one of a name.
func dsn(t testing.TB, of string) string {
	t.Helper()
	s := started(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name := fmt.Sprintf("test%d", cluster.made.Add(1))
	create := s.CreateDB
	if of != "" {
		create = func(ctx context.Context, name string) (string, error) { return s.CopyDB(ctx, of, name) }
	}
	text, err := create(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Main runs the tests of a package, a *testing.M or what wraps one, and ends
// the PostgreSQL they started.
func Main(m interface{ Run() int }) {
	code := m.Run()
	if cluster.server != nil {
		if err := cluster.server.Discard(); err != nil {
			fmt.Fprintln(os.Stderr, "dbtest:", err)
			code = max(code, 1)
		}
	}
	if cluster.dir != "" {
		_ = os.RemoveAll(cluster.dir)
	}
	os.Exit(code)
}
