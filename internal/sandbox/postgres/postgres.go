// Package postgres runs a private PostgreSQL on loopback that keeps its word:
// what it commits is on disk.
package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

// Server is a running cluster. Anybody on this machine may log in.
type Server struct {
	port    int
	command child.Command
	process *child.Process
}

// Start makes a cluster in dir and runs it. The context bounds the start; the
// server runs until Stop. Root hands the cluster to another user, because
// PostgreSQL refuses to be root.
func Start(ctx context.Context, dir string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	owner, err := own(dir)
	if err != nil {
		return nil, err
	}
	number, err := port.Free()
	if err != nil {
		return nil, err
	}
	data, log := filepath.Join(dir, "cluster"), filepath.Join(dir, "postgres.log")
	initdb := child.Command{
		Path: filepath.Join(bin, "initdb"), Dir: dir, Log: log, Credential: owner,
		Args: []string{"-D", data, "-U", "bitcoim", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"},
	}
	if err := run(ctx, initdb); err != nil {
		return nil, err
	}
	s := &Server{port: number, command: child.Command{
		Path: filepath.Join(bin, "postgres"), Dir: dir, Log: log, Credential: owner,
		Args: []string{
			"-D", data, "-p", strconv.Itoa(number), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
			"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on", "-c", "max_connections=200",
		},
	}}
	return s, s.start(ctx)
}

// run waits for a child that ends by itself.
func run(ctx context.Context, c child.Command) error {
	p, err := child.Start(c)
	if err != nil {
		return err
	}
	select {
	case <-p.Exited():
		return p.Err()
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ctx.Err(), p.Kill())
	}
}

func (s *Server) start(ctx context.Context) error {
	var err error
	if s.process, err = child.Start(s.command); err != nil {
		return err
	}
	if err := s.process.Ready(ctx, s.ping); err != nil {
		s.process.Kill()
		return err
	}
	return nil
}

func (s *Server) ping(ctx context.Context) error { return s.exec(ctx, "SELECT 1") }

func (s *Server) exec(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", s.DSN("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// PID is of the process that starts the others.
func (s *Server) PID() int { return s.process.PID() }

// Addr is host:port.
func (s *Server) Addr() string { return port.Address(s.port) }

// DSN names a database.
func (s *Server) DSN(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("bitcoim"), Host: s.Addr(), Path: database, RawQuery: "sslmode=disable"}
	return u.String()
}

// CreateDB makes an empty database and returns its DSN.
func (s *Server) CreateDB(ctx context.Context, name string) (dsn string, err error) {
	if err := s.exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", fmt.Errorf("create database %s: %w", name, err)
	}
	return s.DSN(name), nil
}

// CopyDB makes a database that is as another one, at which nobody is, and returns its DSN.
func (s *Server) CopyDB(ctx context.Context, of, name string) (dsn string, err error) {
	if err := s.exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" TEMPLATE "+pgx.Identifier{of}.Sanitize()); err != nil {
		return "", fmt.Errorf("copy database %s: %w", of, err)
	}
	return s.DSN(name), nil
}

// Stop ends the server and breaks its connections off (fast shutdown).
func (s *Server) Stop() error {
	if err := s.Resume(); err != nil {
		return err
	}
	return s.process.Stop(syscall.SIGINT)
}

// Discard ends a server whose databases nobody wants any more (immediate
// shutdown): it writes nothing to the disk, which may be slow.
func (s *Server) Discard() error {
	if err := s.Resume(); err != nil {
		return err
	}
	return s.process.Stop(syscall.SIGQUIT)
}

// Restart stops the server if it runs, and runs it again on the same port. After
// a Kill it recovers first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.start(ctx)
}
