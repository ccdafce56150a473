package db

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Backup writes a consistent copy of an SQLite database to a new file.
// PostgreSQL has pg_dump for that.
func (d *DB) Backup(ctx context.Context, file string) error {
	if d.Dialect != SQLite {
		return errors.New("db: back PostgreSQL up with pg_dump --format=custom")
	}
	// Ours alone from the start; SQLite accepts a file that is empty.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	defer f.Close()
	if err = d.vacuumInto(ctx, file); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("db: backup: %w", errors.Join(err, os.Remove(file)))
	}
	return nil
}

// vacuumInto copies on a connection of its own, beside the writer.
func (d *DB) vacuumInto(ctx context.Context, file string) error {
	conn, err := d.r.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer end(conn) // it may write now
	if _, err := conn.ExecContext(ctx, `PRAGMA query_only = 0`); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `VACUUM INTO $1`, file)
	return err
}

// File is the path of an SQLite database, "" for PostgreSQL.
func (d *DB) File() string { return d.file }
