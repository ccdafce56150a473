package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/worker"
)

// payers pay at the same time, each a neighbour of their own.
const payersAtDesk = 16

// measurePayments pays at the desk, without an XMPP server: drafted, confirmed, durable
// before each answer, and every payee told. Beside it stand as many clients that insert a
// row each.
func measurePayments(ctx context.Context, p plan) ([]row, error) {
	words, err := i18n.Load("")
	if err != nil {
		return nil, err
	}
	targets := map[string]float64{"sqlite": 0.35, "postgres": 0.30}
	return onBoth(ctx, func(c db.Config, server processor) (rows []row, err error) {
		p.note("%s", c.Driver)
		raw, err := rawBeside(c).open(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, raw.Close()) }()
		r, err := deskOn(ctx, words, c, 2*payersAtDesk)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, r.close()) }()
		end := r.tells()
		defer func() { err = errors.Join(err, end()) }()
		var all paymentRate
		before := r.desk.DB.Commits()
		for range p.rounds {
			if err := kept(&all.beside)(many(payersAtDesk, server, raw.insert)(ctx, p.each)); err != nil {
				return nil, err
			}
			err := all.measure(ctx, notices{r.desk.DB.Read()}, p.each, func() (sample, error) { return r.pays(ctx, p.each, server) })
			if err != nil {
				return nil, err
			}
		}
		rows = all.rows(fmt.Sprintf("pay and confirm at the desk, %s, %d users", c.Driver, payersAtDesk), "single inserts", targets[c.Driver])
		if n := r.desk.DB.Commits() - before; n > 0 {
			each := float64(n) / float64(max(r.paid.Load(), 1))
			rows = append(rows, row{what: "    COMMITs of a payment, its notice told", ours: fmt.Sprintf("%.2f", each), target: "<= 0.5", verdict: verdict(each <= 0.5)})
		}
		return rows, nil
	})
}

// rawBeside is the engine of a database, alone.
func rawBeside(c db.Config) engine {
	if c.Driver == "sqlite" {
		return rawSQLite(c.File + "-raw")
	}
	return rawPostgres(c.DSN)
}

// pays has everybody pay for a while. Nobody asks for two things at once: no door hands in
// what a user asks before what they asked before it is answered.
func (r *realDesk) pays(ctx context.Context, d time.Duration, server processor) (sample, error) {
	free := make(chan int, payersAtDesk)
	for i := range payersAtDesk {
		free <- i
	}
	return many(payersAtDesk, server, func(ctx context.Context, n int64) error {
		i := <-free
		defer func() { free <- i }()
		return r.pay(ctx, fmt.Sprintf("user%04d@localhost", i), fmt.Sprintf("user%04d", payersAtDesk+i), fmt.Sprint(time.Now().UnixNano(), n))
	})(ctx, d)
}

// pay orders a payment of one satoshi and confirms it.
func (r *realDesk) pay(ctx context.Context, from, to, key string) error {
	order, err := r.desk.Ask(ctx, command.Request{User: from, Text: "pay 1 " + to, ID: "pay " + key})
	if err != nil {
		return err
	}
	if len(order.Next) == 0 {
		return fmt.Errorf("an order has no code: %v", order.Lines)
	}
	_, err = r.desk.Ask(ctx, command.Request{User: from, Text: order.Next[0].Text, ID: "confirm " + key})
	r.paid.Add(1)
	return err
}

// tells runs the loop that tells notices, to a door that takes each at once.
func (r *realDesk) tells() (end func() error) {
	ctx, stop := context.WithCancel(context.Background())
	signal := &worker.Signal{}
	r.desk.Notify = signal.Notify
	w := &worker.Tell{DB: r.desk.DB, Teller: &doormat{}, Log: slog.Default()}
	done := make(chan error, 1)
	go func() {
		done <- worker.Loop{Name: "tell", Poll: time.Second, Signal: signal, Step: w.Step, Log: slog.Default()}.Run(ctx)
	}()
	return func() error {
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	}
}
