package main

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// together lets n do the same at once, again and again, and says how often
// they did it. What they do in the first fifth of the time is not counted.
// The processor time is that of the process, if it is known.
func together(ctx context.Context, d time.Duration, n, pid int, do func(ctx context.Context, i int) error) (sample, error) {
	return counted(ctx, d, n, pid, func(ctx context.Context, i int, over <-chan struct{}, did *atomic.Int64) error {
		for {
			select {
			case <-over:
				return nil
			default:
			}
			if err := do(ctx, i); err != nil {
				return err
			}
			did.Add(1)
		}
	})
}

// counted is together for those who count themselves what they did, until it
// is over.
func counted(ctx context.Context, d time.Duration, n, pid int, do func(ctx context.Context, i int, over <-chan struct{}, did *atomic.Int64) error) (sample, error) {
	var did atomic.Int64
	over := make(chan struct{})
	g, ctx := errgroup.WithContext(ctx)
	for i := range n {
		g.Go(func() error { return do(ctx, i, over, &did) })
	}
	pause(ctx, d/5)
	first, used, began := did.Load(), busyProcess(pid), time.Now()
	pause(ctx, d)
	count, took, spent := did.Load()-first, time.Since(began), busyProcess(pid)-used
	close(over)
	return sampled(count, took, spent), g.Wait()
}

// times lets n do something until it was done as often as is said.
func (j job) times(ctx context.Context, n, pid int, do func(ctx context.Context, i int) error) (sample, error) {
	var left atomic.Int64
	left.Store(int64(j))
	used, began := busyProcess(pid), time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for i := range n {
		g.Go(func() error {
			for left.Add(-1) >= 0 {
				if err := do(ctx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	return sampled(int64(j), time.Since(began), busyProcess(pid)-used), err
}

// job is a number of things to do, where there is a limit that no setting
// lifts.
type job int

func sampled(n int64, took, spent time.Duration) sample {
	return sample{float64(n) / took.Seconds(), spent / time.Duration(max(n, 1))}
}

// pause waits, at most until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
