package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/sandbox/postgres"
)

// grown is the most that an answer may take among many orders, as a multiple of among few.
const grown = 1.5

// ages are how much happened before somebody is measured: orders of everybody, and of the one
// who asks, today. The first is what the others are compared with.
func ages(short bool) []past {
	many := []past{{100, 1_000, 0}, {10_000, 100_000, 0}, {100_000, 1_000_000, 0}, {100, 1_000, 1_000}, {100, 1_000, 50_000}}
	if short {
		many = []past{{100, 1_000, 0}, {1_000, 10_000, 0}, {100, 1_000, 1_000}}
	}
	return many
}

func (p past) String() string {
	if p.own > 0 {
		return fmt.Sprintf("%s orders of one's own", count(float64(p.own)))
	}
	return fmt.Sprintf("%s orders in all", count(float64(p.orders)))
}

// measureGrowth asks one question at a time in books of several ages, in turns. What somebody
// waits for must not grow with what others did, nor with what they did themselves today. The
// audit of what is new is of the payments that were measured.
func measureGrowth(ctx context.Context, p plan) (rows []row, err error) {
	dir, err := os.MkdirTemp("", "bitcoim-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL runs as somebody else
		return nil, err
	}
	all := ages(p.users < 10_000)
	if rows, err = growthOn(ctx, p, "sqlite", all, func(i int) (db.Config, error) {
		return db.Config{Driver: "sqlite", File: filepath.Join(dir, fmt.Sprint(i, ".db"))}, nil
	}); err != nil {
		return rows, fmt.Errorf("sqlite: %w", err)
	}
	cluster := filepath.Join(dir, "postgres")
	if err := os.Mkdir(cluster, 0o711); err != nil {
		return rows, err
	}
	s, err := postgres.Start(ctx, cluster)
	if err != nil {
		return rows, err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	more, err := growthOn(ctx, p, "postgres", all, func(i int) (db.Config, error) {
		dsn, err := s.CreateDB(ctx, fmt.Sprint("bench", i))
		return db.Config{Driver: "postgres", DSN: dsn, MaxConnections: 4}, err
	})
	if err != nil {
		err = fmt.Errorf("postgres: %w", err)
	}
	return append(rows, more...), err
}

// growthOn measures one engine, in a database for each age.
func growthOn(ctx context.Context, p plan, engine string, all []past, open func(i int) (db.Config, error)) (rows []row, err error) {
	words, err := i18n.Load("")
	if err != nil {
		return nil, err
	}
	var towns []*grownTown
	defer func() {
		for _, t := range towns {
			err = errors.Join(err, t.close())
		}
	}()
	for i, age := range all {
		c, err := open(i)
		if err != nil {
			return nil, err
		}
		p.note("%s: %s are written", engine, age)
		r, err := deskOn(ctx, words, c, 2)
		if err != nil {
			return nil, err
		}
		towns = append(towns, &grownTown{realDesk: r, took: map[string][]float64{}})
		if err := age.fill(ctx, r.desk.DB, time.Now().Unix()); err != nil {
			return nil, err
		}
		if err := towns[i].audits(ctx, "the audit of all the books", audit.Everything); err != nil {
			return nil, err
		}
	}
	p.note("%s: questions", engine)
	const asks = 20
	for n := range asks * p.rounds {
		for _, t := range towns {
			if err := t.round(ctx, n); err != nil {
				return nil, err
			}
		}
		if n%asks == asks-1 {
			for _, t := range towns {
				if err := t.audits(ctx, "the audit of what is new", audit.Lately); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, what := range append(slices.Clone(grownAsks), "the audit of what is new", "the audit of all the books") {
		first := median(towns[0].took[what])
		for i, age := range all {
			m := median(towns[i].took[what])
			r := row{what: fmt.Sprintf("%s, %s, %s", what, engine, age), ours: fmt.Sprintf("%.3f ms", m*1000), beside: fmt.Sprintf("%.3f ms %s", first*1000, all[0]), ratio: fmt.Sprintf("%.2f", m/first)}
			if what != "the audit of all the books" {
				r.target, r.verdict = fmt.Sprintf("<= %.1f", grown), verdict(m/first <= grown)
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// grownTown is a desk with a past.
type grownTown struct {
	*realDesk
	took map[string][]float64 // seconds, by what was asked
}

var grownAsks = []string{"pay", "confirm", "a wrong code", "pending", "history", "balance"}

// round asks each question once.
func (t *grownTown) round(ctx context.Context, n int) error {
	code := ""
	for _, what := range grownAsks {
		text := map[string]string{"pay": "pay 1 user0001", "confirm": "confirm " + code, "a wrong code": "confirm 2222"}[what]
		if text == "" {
			text = what
		}
		begin := time.Now()
		r, err := t.desk.Ask(ctx, command.Request{User: "user0000@localhost", Text: text, ID: fmt.Sprint("grown-", what, n)})
		t.took[what] = append(t.took[what], time.Since(begin).Seconds())
		if (err != nil) != (what == "a wrong code") {
			return fmt.Errorf("%s: %v, %w", text, r.Lines, err)
		}
		if what == "pay" { // the answer proposes to confirm
			code = strings.TrimPrefix(r.Next[0].Text, "confirm ")
		}
	}
	return nil
}

// audits looks at the books, and takes away what was new in them.
func (t *grownTown) audits(ctx context.Context, what string, of audit.Scope) error {
	d := t.desk.DB
	begin := time.Now()
	r, err := audit.Ledger(ctx, d, of)
	t.took[what] = append(t.took[what], time.Since(begin).Seconds())
	if err != nil {
		return err
	}
	if len(r.Findings) > 0 {
		return fmt.Errorf("%s found %v", what, r.Findings)
	}
	if err := d.Tx(ctx, func(tx *db.Tx) error { _, err := r.Keep(ctx, tx); return err }); err != nil {
		return err
	}
	return r.Proved(ctx, d)
}
