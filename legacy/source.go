package legacy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	_ "modernc.org/sqlite" // driver "sqlite"
)

// Source is the database of a python-bitcoim, as it was read.
type Source struct {
	Version int // of its schema: 0 or 1
	people  []person
	orders  []order
	Paid    int // payments of before December 2010 that are marked as made
}

type person struct {
	row  int64
	jid  string
	name string
}

type order struct {
	row                               int64
	from, date, to, memo, code, price string // price is BTC in decimal text
	badPrice                          bool
}

// ErrNotOurs means that the file is no database of python-bitcoim that can be
// read.
var ErrNotOurs = errors.New("not a database of python-bitcoim")

const magic = "SQLite format 3\x00"

// Read reads a database of python-bitcoim and changes nothing in it. It knows
// schema version 1 and what was there before versions, which counts as 0.
func Read(ctx context.Context, file string) (*Source, error) {
	if err := sniff(file); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("legacy: %w", err)
	}
	// The file may come from anywhere: its triggers and views are not trusted.
	q := url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", "trusted_schema(0)", "cell_size_check(1)"}}
	old, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("legacy: %s: %w", file, err)
	}
	defer func() { _ = old.Close() }()
	s := &Source{}
	if err := s.read(ctx, old); err != nil {
		return nil, fmt.Errorf("legacy: %s: %w", file, err)
	}
	return s, nil
}

// sniff looks at the first bytes: what SQLite says of other files helps nobody.
func sniff(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("legacy: %w", err)
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		return fmt.Errorf("legacy: %s: %w: it is no SQLite 3 file", file, ErrNotOurs)
	}
	return nil
}

func (s *Source) read(ctx context.Context, old *sql.DB) error {
	var err error
	if s.Version, err = version(ctx, old); err != nil {
		return err
	}
	if err := s.readPeople(ctx, old); err != nil {
		return err
	}
	return s.readOrders(ctx, old)
}

// version reads the one row of meta that there is.
func version(ctx context.Context, old *sql.DB) (int, error) {
	has, err := columns(ctx, old, "meta")
	if err != nil || len(has) == 0 {
		return 0, err
	}
	if !slices.Contains(has, "name") || !slices.Contains(has, "value") {
		return 0, fmt.Errorf("%w: its table meta has other columns", ErrNotOurs)
	}
	said, err := texts(ctx, old, `SELECT DISTINCT CAST(value AS TEXT) FROM meta WHERE name = 'db_version'`)
	switch {
	case err != nil:
		return 0, err
	case len(said) == 0 || len(said) == 1 && said[0] == "0":
		return 0, nil
	case len(said) == 1 && said[0] == "1":
		return 1, nil
	}
	return 0, fmt.Errorf("%w: schema version %.40q; versions 0 and 1 are known", ErrNotOurs, said)
}

// columns lists those of a table, none if there is no such table.
func columns(ctx context.Context, old *sql.DB, table string) ([]string, error) {
	return texts(ctx, old, `
SELECT c.name FROM sqlite_master m, pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name = $1`, table)
}

func texts(ctx context.Context, old *sql.DB, query string, args ...any) ([]string, error) {
	var all []string
	err := each(ctx, old, query, func(scan func(...any) error) error {
		var text sql.NullString
		err := scan(&text)
		all = append(all, text.String)
		return err
	}, args...)
	return all, err
}

// each calls row for every row of a query.
func each(ctx context.Context, old *sql.DB, query string, row func(scan func(...any) error) error, args ...any) error {
	rows, err := old.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
