package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Status is how far the schema is.
type Status struct {
	Have    int    // version of the database
	Want    int    // version of this program
	Pending []Step // what Upgrade would run
}

// ErrOutdated means that `bitcoim db upgrade` has to be run first.
var ErrOutdated = errors.New("db: the schema is older than this program; run: bitcoim db upgrade")

// ErrNewer means that the database was upgraded by a newer program.
var ErrNewer = errors.New("db: the schema is newer than this program; install the newer bitcoim")

// ErrChanged means that a migration that was run is not the one we know.
var ErrChanged = errors.New("db: a migration that was run differs from the one in this program")

const createSteps = `
CREATE TABLE IF NOT EXISTS schema_step (
    version  BIGINT PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum TEXT NOT NULL,
    at       BIGINT NOT NULL
)`

// Status compares the database with this program. Of ErrNewer and ErrChanged
// it returns what it saw, too.
func (d *DB) Status(ctx context.Context) (Status, error) {
	return d.status(ctx, d.r)
}

func (d *DB) status(ctx context.Context, q sqlx.QueryerContext) (Status, error) {
	want, err := steps(d.migrations, "migrations/"+d.Dialect.String())
	if err != nil {
		return Status{}, err
	}
	s := Status{Want: len(want), Pending: want}
	exists := `SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_step'`
	if d.Dialect == Postgres {
		exists = `SELECT COUNT(*) FROM pg_tables WHERE tablename = 'schema_step' AND schemaname = ANY (current_schemas(false))`
	}
	var n int
	if err := sqlx.GetContext(ctx, q, &n, exists); err != nil || n == 0 {
		return s, err
	}
	var done []struct {
		Version        int
		Name, Checksum string
	}
	if err := sqlx.SelectContext(ctx, q, &done, `SELECT version, name, checksum FROM schema_step ORDER BY version`); err != nil {
		return s, fmt.Errorf("db: %w", err)
	}
	for i, row := range done {
		if i >= len(want) {
			s.Have, s.Pending = done[len(done)-1].Version, nil
			return s, fmt.Errorf("%w (database %d, program %d)", ErrNewer, s.Have, s.Want)
		}
		if row.Checksum != want[i].Checksum {
			return s, fmt.Errorf("%w: %04d_%s", ErrChanged, row.Version, row.Name)
		}
	}
	s.Have, s.Pending = len(done), want[len(done):]
	return s, nil
}

// Current is nil if the schema is exactly the one of this program.
func (d *DB) Current(ctx context.Context) error {
	s, err := d.Status(ctx)
	if err == nil && len(s.Pending) > 0 {
		err = fmt.Errorf("%w (database %d, program %d)", ErrOutdated, s.Have, s.Want)
	}
	return err
}

// Upgrade runs the pending steps, each in its own transaction, and reports
// each before it starts. Several programs may try at once: one does the work.
// A dry run does everything and commits nothing.
func (d *DB) Upgrade(ctx context.Context, dry bool, report func(Step)) error {
	if dry {
		return d.rehearse(ctx, report)
	}
	for more := true; more; {
		err := d.Tx(ctx, func(tx *Tx) error {
			s, err := d.lockSchema(ctx, tx)
			if more = err == nil && len(s.Pending) > 0; !more {
				return err
			}
			report(s.Pending[0])
			return s.Pending[0].run(ctx, tx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lockSchema keeps other upgraders waiting until the transaction ends, and
// says how far the schema is.
func (d *DB) lockSchema(ctx context.Context, tx *Tx) (Status, error) {
	if d.Dialect == Postgres {
		// An upgrade may take long, and whoever comes second waits for it.
		if err := tx.bare(ctx, `SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
			return Status{}, fmt.Errorf("db: lock: %w", err)
		}
		// Before CREATE TABLE IF NOT EXISTS, which fails when two run it at once.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(20110110)`); err != nil {
			return Status{}, fmt.Errorf("db: lock: %w", err)
		}
	}
	if err := tx.bare(ctx, createSteps); err != nil { // runs once: no use to prepare it
		return Status{}, fmt.Errorf("db: %w", err)
	}
	return d.status(ctx, tx)
}

func (s Step) run(ctx context.Context, tx *Tx) error {
	if err := tx.bare(ctx, s.SQL); err != nil {
		return fmt.Errorf("db: %04d_%s: %w", s.Version, s.Name, err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO schema_step (version, name, checksum, at) VALUES ($1, $2, $3, $4)`,
		s.Version, s.Name, s.Checksum, time.Now().Unix())
	return err
}

var errRehearsed = errors.New("db: dry run")

// rehearse runs all pending steps in one transaction and undoes it.
func (d *DB) rehearse(ctx context.Context, report func(Step)) error {
	err := d.Tx(ctx, func(tx *Tx) error {
		s, err := d.lockSchema(ctx, tx)
		if err != nil {
			return err
		}
		for _, step := range s.Pending {
			report(step)
			if err := step.run(ctx, tx); err != nil {
				return err
			}
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}
