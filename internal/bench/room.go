package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bitcoim/bitcoim/internal/bench/echo"
	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

// room is a world with users online in it.
type room struct {
	world  *world.World
	people []*chatter
	self   string // this program
}

func name(i int) string { return fmt.Sprintf("user%d", i) }

func newRoom(w *world.World) (*room, error) {
	self, err := os.Executable()
	return &room{world: w, self: self}, err
}

// enter brings users online who are registered and have coins.
func enter(ctx context.Context, w *world.World) (*room, error) {
	r, err := newRoom(w)
	if err != nil {
		return nil, err
	}
	for i := range people {
		c, err := login(ctx, w.XMPP, name(i))
		if err != nil {
			r.leave()
			return nil, err
		}
		r.people = append(r.people, c)
	}
	if err := r.fund(ctx); err != nil {
		r.leave()
		return nil, err
	}
	return r, nil
}

func (r *room) leave() {
	for _, c := range r.people {
		_ = c.Close()
	}
}

// wait has one person after the other ask, with nothing else under way, and
// takes the time of each answer, in milliseconds.
func (r *room) wait(ctx context.Context, d time.Duration, p50, p99 *[]float64) error {
	var all []float64
	for began := time.Now(); time.Since(began) < d || len(all) < 20; {
		c := r.people[len(all)%people]
		if err := ctx.Err(); err != nil {
			return err
		}
		asked := time.Now()
		if _, err := c.ask("balance"); err != nil {
			return err
		}
		all = append(all, float64(time.Since(asked))/float64(time.Millisecond))
	}
	slices.Sort(all)
	*p50, *p99 = append(*p50, all[len(all)/2]), append(*p99, all[len(all)*99/100])
	return nil
}

// all lets everybody talk at once with the component of that process id. What
// comes in the first fifth of the time is not counted.
func (r *room) all(ctx context.Context, d time.Duration, pid, window int, says func(i int) script) (sample, error) {
	return counted(ctx, d, len(r.people), pid, func(_ context.Context, i int, over <-chan struct{}, did *atomic.Int64) error {
		return r.people[i].talk(says(i), window, over, did)
	})
}

func (r *room) withGateway(ctx context.Context, do func(pid int) error) error {
	g := r.world.Gateways[0]
	if err := g.Start(ctx); err != nil {
		return err
	}
	return errors.Join(do(g.PID()), g.Stop())
}

func (r *room) withEcho(ctx context.Context, do func(pid int) error) error {
	x := r.world.XMPP
	return r.with(ctx, echo.Ready, do, "echo", x.ComponentAddr, x.Component, x.Secret)
}

// with runs this program as something to compare with, once it is ready.
func (r *room) with(ctx context.Context, ready string, do func(pid int) error, args ...string) error {
	return r.run(ctx, r.self, ready, do, args...)
}

// run runs a program while it is needed; it is ready when that is the first
// line that it says.
func (r *room) run(ctx context.Context, path, ready string, do func(pid int) error, args ...string) error {
	log := filepath.Join(r.world.Dir, args[0]+".log")
	if err := os.RemoveAll(log); err != nil {
		return err
	}
	p, err := child.Start(child.Command{Path: path, Args: args, Log: log})
	if err != nil {
		return err
	}
	err = p.Ready(ctx, func(context.Context) error {
		if line(log) != ready {
			return errors.New("not there yet")
		}
		return nil
	})
	if err == nil {
		err = do(p.PID())
	}
	return errors.Join(err, p.Stop(syscall.SIGTERM))
}
