package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

const (
	people     = 32 // online: too many for a limit of one user to be in the way
	chatWindow = 8  // lines of each under way
	payWindow  = 2
)

// measureChat talks to a real gateway through real servers, and to a bare
// echo in the gateway's place.
func measureChat(ctx context.Context, p plan) (rows []row, err error) {
	for _, o := range []world.Options{
		{Server: "prosody", Database: "sqlite"},
		{Server: "ejabberd", Database: "sqlite"},
		{Server: "ejabberd", Database: "postgres"},
	} {
		found, failed := chatIn(ctx, p, o)
		rows = append(rows, found...)
		if failed != nil { // the others may still be measured
			err = errors.Join(err, fmt.Errorf("%s with %s: %w", o.Server, o.Database, failed))
		}
	}
	return rows, err
}

func chatIn(ctx context.Context, p plan, o world.Options) (rows []row, err error) {
	p.note("%s, %s", o.Server, o.Database)
	o.Settings = lift(nil)
	w, err := world.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Stop()) }()
	r, err := enter(ctx, w)
	if err != nil {
		return nil, err
	}
	defer r.leave()
	if err := w.Gateways[0].Stop(); err != nil {
		return nil, err
	}
	n, end, err := openNotices(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	raw, err := rawOf(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	var balance, inserts pair
	var orders paymentRate
	var usual, seldom, usualEcho, seldomEcho []float64
	asking := func(int) script { return balances{} }
	paying := func(i int) script { return payments{name((i + 1) % people)} }
	for range p.rounds {
		err := r.withEcho(ctx, func(pid int) error {
			return errors.Join(
				r.wait(ctx, p.each/2, &usualEcho, &seldomEcho),
				kept(&balance.beside)(r.all(ctx, p.each, pid, chatWindow, asking)))
		})
		if err != nil {
			return nil, fmt.Errorf("echo: %w", err)
		}
		orders.beside = append(orders.beside, balance.beside[len(balance.beside)-1])
		if err := kept(&inserts.beside)(many(payersAtDesk, none, raw.insert)(ctx, p.each)); err != nil {
			return nil, err
		}
		err = r.withGateway(ctx, func(pid int) error {
			return errors.Join(
				r.wait(ctx, p.each/2, &usual, &seldom),
				kept(&balance.ours)(r.all(ctx, p.each, pid, chatWindow, asking)),
				orders.measure(ctx, n, p.each, func() (sample, error) { return r.all(ctx, p.each, pid, payWindow, paying) }))
		})
		if err != nil {
			return nil, fmt.Errorf("gateway: %w", err)
		}
	}
	on := o.Server + ", " + o.Database
	rows = []row{
		balance.row("balance, "+on, "echo", 0.7),
		{
			what: "  time to the answer, one at a time, p50 and p99", ours: times(usual, seldom),
			beside: times(usualEcho, seldomEcho) + " echo",
		},
	}
	for _, s := range orders.ours { // a payment is two commands
		inserts.ours = append(inserts.ours, sample{perSecond: s.perSecond / 2})
	}
	rows = append(rows, orders.rows("pay and confirm, commands, "+on, "echo", 0)...)
	beside := inserts.row("    as payments, beside rows of the same engine", "single inserts", map[string]float64{"sqlite": 0.25, "postgres": 0.20}[o.Database])
	beside.processor = "" // those of ours are above
	return append(rows, beside), nil
}

// rawOf is the engine of a world's database, alone.
func rawOf(ctx context.Context, w *world.World) (*rawDB, error) {
	if w.Postgres == nil {
		return rawSQLite(filepath.Join(w.Dir, "raw.db")).open(ctx)
	}
	dsn, err := w.Postgres.CreateDB(ctx, "raw")
	if err != nil {
		return nil, err
	}
	return rawPostgres(dsn).open(ctx)
}

// lift are the settings under which nothing that is measured is a limit.
func lift(more map[string]string) map[string]string {
	all := map[string]string{
		"limits.commands_per_minute": "100000", "limits.commands_burst": "1000", "limits.open_orders": "1000",
		"limits.payment_sat": "100000000", "limits.day_sat": "1000000000", "limits.first_day_sat": "1000000000", "limits.balance_sat": "1000000000",
		"xmpp.presence_rate": "10000",
		"chain.large_sat":    "1000000000", "chain.confirmations": "1", "chain.poll": `"1s"`,
		"audit.every": `"24h"`,
	}
	maps.Copy(all, more)
	return all
}

func times(p50, p99 []float64) string {
	return fmt.Sprintf("%.2f, %.2f ms", median(p50), median(p99))
}
