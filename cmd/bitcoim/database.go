package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

var dbParts = []part{
	{"status", "", "the version of the database, and of this program"},
	{"plan", "", "the steps between the two"},
	{"upgrade", "[-dry-run]", "take those steps; the first time, they make the tables"},
	{"verify", "", "prove that the schema and the books are right; this asks no node"},
	{"resum", "", "add up anew what was spent, by which limits and budgets go"},
	{"import", "python-bitcoim FILE [-balances FILE] [-dry-run]", "take over the users of a python-bitcoim"},
}

// act is what is done with a database.
type act func(ctx context.Context, p *program, d *db.DB) error

// database is `bitcoim db`: forward only, one transaction a step.
func database(ctx context.Context, p *program, args []string) error {
	part, args, err := p.part("db", args)
	if err != nil {
		return err
	}
	do, err := dbAct(p, part, args)
	if err != nil {
		return err
	}
	c, err := p.load()
	if err != nil {
		return err
	}
	open := openDB
	if part.name == "upgrade" || part.name == "import" {
		open = makeDB
	}
	d, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return do(ctx, p, d)
}

// dbAct reads what is behind a part of `bitcoim db`.
func dbAct(p *program, of part, args []string) (act, error) {
	f := p.flags("db", of.name)
	switch of.name {
	case "import":
		return importing(p, f, of, args)
	case "upgrade":
		dry := f.Bool("dry-run", false, "take the steps back again")
		return func(ctx context.Context, p *program, d *db.DB) error { return upgrade(ctx, p, d, *dry) }, p.words("db", of, f, args, false)
	}
	return map[string]act{"status": status, "plan": plan, "verify": verify, "resum": resum}[of.name], p.words("db", of, f, args, false)
}

// resum mends sums that verify finds wrong. Orders and transfers are what they are made of.
func resum(ctx context.Context, p *program, d *db.DB) error {
	err := d.Tx(ctx, func(tx *db.Tx) error {
		if err := paymentorder.Resum(ctx, tx); err != nil {
			return err
		}
		return audit.Resum(ctx, tx)
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, "what was spent is added up anew")
	return verify(ctx, p, d)
}

func status(ctx context.Context, p *program, d *db.DB) error {
	s, err := d.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "schema %d of %d (%s)\n", s.Have, s.Want, d.Dialect)
	return nil
}

func plan(ctx context.Context, p *program, d *db.DB) error {
	s, err := d.Status(ctx)
	if err != nil {
		return err
	}
	if len(s.Pending) == 0 {
		fmt.Fprintln(p.out, "nothing to do")
	}
	for _, step := range s.Pending {
		fmt.Fprintf(p.out, "-- %04d_%s\n%s\n", step.Version, step.Name, step.SQL)
	}
	return nil
}

func upgrade(ctx context.Context, p *program, d *db.DB, dry bool) error {
	s, err := d.Status(ctx)
	if err != nil {
		return err
	}
	if s.Have > 0 && len(s.Pending) > 0 && !dry {
		done, err := unserved(ctx, d)
		if err != nil {
			return err
		}
		defer done()
		if d.Dialect == db.SQLite {
			file := fmt.Sprintf("%s.before-%04d-%s", d.File(), s.Want, time.Now().UTC().Format("20060102T150405Z"))
			if err := d.Backup(ctx, file); err != nil {
				return err
			}
			fmt.Fprintln(p.out, "backup:", file)
		} else {
			fmt.Fprintln(p.out, "going back is restoring a backup: is there one (pg_dump --format=custom)?")
		}
	}
	err = d.Upgrade(ctx, dry, func(s db.Step) { fmt.Fprintf(p.out, "%04d_%s\n", s.Version, s.Name) })
	if err != nil {
		return err
	}
	if dry {
		fmt.Fprintln(p.out, "dry run: nothing was kept")
		return nil
	}
	return verify(ctx, p, d)
}

// unserved makes sure that no gateway serves while its database changes under
// it, and keeps one off an SQLite file until done is called.
func unserved(ctx context.Context, d *db.DB) (done func() error, err error) {
	if done, err = d.Alone(); err != nil {
		return nil, err
	}
	self := &worker.Instance{DB: d, Clock: time.Now}
	if !self.Alone(ctx) {
		return nil, errors.Join(errors.New("a gateway serves this database, or did a moment ago: stop it, and say this again"), done())
	}
	return done, nil
}

// verify proves that the schema is the one of this program and that the books
// in it add up.
func verify(ctx context.Context, p *program, d *db.DB) error {
	if err := d.Current(ctx); err != nil {
		return damaged(err)
	}
	if err := d.Whole(ctx); err != nil {
		return damaged(err)
	}
	var found []ledger.Finding
	err := d.Snapshot(ctx, func(q sqlx.QueryerContext) (err error) {
		found, err = audit.Books(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return errors.Join(printRules(ctx, p.out, d, nil, found), errors.New(counted(len(found), "finding")))
	}
	fmt.Fprintln(p.out, "schema and books are in order")
	return nil
}

func backup(ctx context.Context, p *program, args []string) error {
	if len(args) != 1 {
		return p.wrong("backup")
	}
	c, err := p.load()
	if err != nil {
		return err
	}
	d, err := openDB(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if err := d.Backup(ctx, args[0]); err != nil {
		return err
	}
	fmt.Fprintln(p.out, args[0], "holds the books; the keys to the coins are in the node: back up its wallet, too")
	return nil
}
