package p2p

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

// Run keeps the connections until ctx ends, and returns nil then. It is called
// once. When it has returned, nothing runs any more.
func (c *Client) Run(ctx context.Context) error {
	c.mu.Lock()
	if c.running {
		c.mu.Unlock()
		return fmt.Errorf("%w: Run is called once", ErrUsage)
	}
	c.running = true
	c.mu.Unlock()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var work sync.WaitGroup
	c.book.open()
	defer c.book.close()
	defer work.Wait()
	defer cancel()
	work.Go(func() { c.look(ctx) })
	if c.cfg.Discover {
		work.Go(func() { c.discover(ctx) })
	}
	tick := time.NewTicker(min(time.Second, c.cfg.Times.Unseen/4, c.cfg.Times.Backoff))
	defer tick.Stop()
	rotated := time.Now()
	for {
		now := time.Now()
		c.fill(ctx, &work, now)
		c.tend(now)
		c.couriers(ctx, &work, now)
		if now.Sub(rotated) > c.cfg.Times.Rotate {
			rotated = now
			c.rotate()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.poke:
		case <-tick.C:
		}
	}
}

// rouse lets Run look at everything again.
func (c *Client) rouse() {
	select {
	case c.poke <- struct{}{}:
	default:
	}
}

// fill calls peers until there are enough. Our own node always has a place.
func (c *Client) fill(ctx context.Context, work *sync.WaitGroup, now time.Time) {
	for {
		c.mu.Lock()
		near, taken, places := map[string]bool{}, map[string]bool{}, c.cfg.MaxPeers-len(c.peers)
		for addr, s := range c.peers {
			taken[addr] = true
			near[s.group] = true
		}
		c.mu.Unlock()
		if c.book.main != "" && !taken[c.book.main] {
			places--
		}
		e, ok := c.book.pick(now, near, func(addr string) bool { return taken[addr] || places <= 0 && addr != c.book.main })
		if !ok {
			return
		}
		c.mu.Lock()
		c.peers[e.addr] = &session{addr: e.addr, group: group(e.addr)} // its place, until it is there
		c.mu.Unlock()
		work.Go(func() { c.call(ctx, e) })
	}
}

// call dials a peer, speaks with it until that ends, and writes down how it
// went.
func (c *Client) call(ctx context.Context, e *entry) {
	var s *session
	var began time.Time
	older, err := c.connect(ctx, e, func(conn *session) error {
		s = conn
		v2 := c.cfg.V2 != V2Off && c.segwit() && (c.cfg.V2 == V2Only || !e.plain)
		c.mu.Lock()
		c.peers[e.addr] = s
		c.mu.Unlock()
		older, err := s.run(ctx, v2, func() { began = time.Now(); c.up(s, e) })
		if older && c.cfg.V2 == V2Auto {
			return errOlder
		}
		return err
	})
	c.mu.Lock()
	delete(c.peers, e.addr)
	c.mu.Unlock()
	var lasted time.Duration
	if !began.IsZero() {
		lasted = time.Since(began)
		c.subs.send(Event{Kind: PeerDown, Peer: e.addr, Err: err})
	}
	switch {
	case ctx.Err() != nil:
	case began.IsZero():
		c.log.Debug("peer not reached", "peer", e.addr, "err", err)
	default:
		c.log.Info("peer gone", "peer", e.addr, "after", lasted.Round(time.Millisecond), "err", err)
	}
	c.book.ended(e, lasted, older, errors.Is(err, errHostile), c.cfg.Times.Backoff)
	c.rouse()
}

// errOlder means that a peer hung up on the second transport.
var errOlder = errors.New("it does not speak the v2 transport")

// connect opens a connection and hands it to with, which closes it.
func (c *Client) connect(ctx context.Context, e *entry, with func(*session) error) (older bool, err error) {
	dialing, cancel := context.WithTimeout(ctx, c.cfg.Times.Dial)
	conn, err := c.dial(dialing, "tcp", e.addr)
	cancel()
	if err != nil {
		return false, fmt.Errorf("dial: %w", err)
	}
	defer conn.Close()
	err = with(newSession(c, e.addr, conn))
	return errors.Is(err, errOlder), err
}

// up notes that a peer is ready.
func (c *Client) up(s *session, e *entry) {
	c.book.works(e)
	c.mu.Lock()
	s.isReady = true
	close(c.ready)
	c.ready = make(chan struct{})
	c.mu.Unlock()
	c.log.Info("peer ready", "peer", s.addr, "agent", s.agent, "v2", s.v2, "height", s.height.Load())
	if c.cfg.Discover && c.book.mgr.NeedMoreAddresses() {
		s.out.put(wire.NewMsgGetAddr())
	}
	c.subs.send(Event{Kind: PeerUp, Peer: s.addr})
	c.rouse()
}

// rotate leaves the slowest peer that was found, so that another gets a chance.
func (c *Client) rotate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	ranked := c.ranked()
	if c.book.mgr == nil || len(ranked) < c.cfg.MaxPeers {
		return
	}
	for i := len(ranked) - 1; i >= 0; i-- {
		if !c.book.isNamed(ranked[i].addr) {
			_ = ranked[i].Close()
			return
		}
	}
}

// Ready waits until n peers are ready. It fails with ErrNoPeer and the error
// of ctx.
func (c *Client) Ready(ctx context.Context, n int) error {
	for {
		c.mu.Lock()
		have, changed := len(c.ranked()), c.ready
		c.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %d of %d are ready: %w", ErrNoPeer, have, n, ctx.Err())
		case <-changed:
		}
	}
}
