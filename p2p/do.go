package p2p

import (
	"context"
	"errors"
	"sync"

	"github.com/btcsuite/btcd/wire/v2"
)

// Job is one thing for Do to do. What it returns can be written as JSON.
type Job func(ctx context.Context, c *Client) (any, error)

// Result is what came of a Job.
type Result struct {
	Value any
	Err   error
}

// Do connects, does all jobs at once, leaves, and returns their results in
// order: one and done. The error is only for what kept all of them from being
// tried.
func Do(ctx context.Context, cfg Config, jobs ...Job) ([]Result, error) {
	c, err := New(cfg)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	work.Go(func() { _ = c.Run(running) })
	if err := c.Ready(ctx, 1); err != nil {
		return nil, err
	}
	results := make([]Result, len(jobs))
	var all sync.WaitGroup
	for i, job := range jobs {
		all.Go(func() { results[i].Value, results[i].Err = job(ctx, c) })
	}
	all.Wait()
	return results, nil
}

// Send is a Job that broadcasts a transaction and waits for a level. Its value
// is a Report.
func Send(tx *wire.MsgTx, level Level, options ...Option) Job {
	return func(ctx context.Context, c *Client) (any, error) {
		b, err := c.Broadcast(ctx, tx, options...)
		if err != nil {
			return nil, err
		}
		return b.Wait(ctx, level)
	}
}

// Get is a Job that makes a Request. Its value is the answer, a wire.Message.
func Get(m wire.Message) Job {
	return func(ctx context.Context, c *Client) (any, error) {
		for {
			c.mu.Lock()
			changed := c.ready
			c.mu.Unlock()
			answer, _, err := c.Request(ctx, m)
			if !errors.Is(err, ErrNoPeer) {
				return answer, err
			}
			select { // it was there a moment ago
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-changed:
			}
		}
	}
}
