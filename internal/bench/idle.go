package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/moneysocket"
)

const (
	mostIdle = 64 // KiB that a gateway may need for a link on which nothing happens
	arriving = 64 // apps that come at the same time
)

// measureIdle lets apps at the wallets of many users while a gateway runs, and
// brings them all there.
func measureIdle(ctx context.Context, p plan, r *room, l *linker) (rows []row, err error) {
	users, err := l.crowd(ctx, "idle", p.links)
	if err != nil {
		return nil, err
	}
	err = r.withGateway(ctx, func(pid int) error {
		p.note("%d links", p.links)
		before, err := settled(ctx, pid)
		if err != nil {
			return err
		}
		beacons, err := l.beacons(ctx, append(users, name(people-1)))
		if err != nil {
			return err
		}
		// The gateway begins all that are new at once: when one is met, the others wait.
		last, err := meet(ctx, p.links, beacons[p.links])
		if err != nil {
			return err
		}
		waiting, err := settled(ctx, pid)
		if err = errors.Join(err, last.Close()); err != nil {
			return err
		}
		p.note("their apps come")
		a := &idlers{}
		defer a.leave()
		if err := a.come(ctx, beacons[:p.links]); err != nil {
			return err
		}
		// What a link needed to begin is given back when the garbage is collected,
		// which happens every two minutes where nothing else does.
		p.note("nothing happens on them for %v", p.idle)
		pause(ctx, p.idle)
		there, err := settled(ctx, pid)
		if err != nil {
			return err
		}
		rows = []row{
			idleRow(fmt.Sprintf("memory, a link that waits for its app, of %d", p.links), before, waiting, p.links),
			idleRow("  a link whose app is there", before, there, p.links),
		}
		return a.gone()
	})
	return rows, err
}

func idleRow(what string, before, after kib, links int) row {
	each := float64(after-before) / float64(links)
	return row{what: what, ours: fmt.Sprintf("%.1f KiB", each), beside: fmt.Sprintf("%s before, %s with all", before, after),
		target: fmt.Sprintf("< %d KiB", mostIdle), verdict: verdict(before > 0 && each < mostIdle)}
}

// settled is the resident memory of a process when it does not change any more.
func settled(ctx context.Context, pid int) (kib, error) {
	last := kib(0)
	for range 60 {
		pause(ctx, time.Second)
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		now := memoryOf(pid).now
		if change := now - last; -last/100 < change && change < last/100 {
			return now, nil
		}
		last = now
	}
	return 0, errors.New("the memory of the gateway does not settle")
}

// idlers are apps that are there and do nothing.
type idlers struct {
	mu    sync.Mutex
	conns []moneysocket.Conn
	read  sync.WaitGroup
	lost  error // of one that should have stayed
	over  bool
}

func (a *idlers) come(ctx context.Context, beacons []moneysocket.Beacon) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(arriving)
	for i, b := range beacons {
		g.Go(func() error {
			conn, err := meet(ctx, i, b)
			if err != nil {
				return err
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			a.conns = append(a.conns, conn)
			a.read.Go(func() { a.stay(conn) })
			return nil
		})
	}
	return g.Wait()
}

// stay reads, which answers pings, until the connection ends.
func (a *idlers) stay(conn moneysocket.Conn) {
	for {
		if _, err := conn.Read(context.Background()); err != nil {
			a.mu.Lock()
			defer a.mu.Unlock()
			if !a.over && a.lost == nil {
				a.lost = fmt.Errorf("an app that did nothing was sent away: %w", err)
			}
			return
		}
	}
}

// gone is the error of an app that is not there any more.
func (a *idlers) gone() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lost
}

func (a *idlers) leave() {
	a.mu.Lock()
	a.over = true
	conns := a.conns
	a.mu.Unlock()
	var g errgroup.Group
	g.SetLimit(arriving)
	for _, c := range conns {
		g.Go(c.Close)
	}
	_ = g.Wait() // of no interest any more
	a.read.Wait()
}
