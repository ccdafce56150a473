package moneysocket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/time/rate"
)

// keeper keeps one link open for a consumer or a provider.
type keeper struct {
	link  Link
	log   *slog.Logger
	event func(Event) // one at a time
}

func newKeeper(l Link, log *slog.Logger, event func(Event)) *keeper {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	k := &keeper{link: l, log: log.With("link", string(l.Seed.Rendezvous())[:8])}
	k.event = func(e Event) {
		e.Link = l.Seed.Rendezvous()
		k.log.Debug("moneysocket", "state", e.State, "hint", e.Hint, "err", e.Err, "retry", e.Retry)
		if event != nil {
			event(e)
		}
	}
	return k
}

// run opens the link, gives each session that joined to serve, and comes back
// with a pause that grows, until the context ends. It returns the context's
// error.
func (k *keeper) run(ctx context.Context, serve func(context.Context, *session) error) error {
	wait := k.link.pauses()
	for {
		k.event(Event{State: Dialing})
		joined, err := k.once(ctx, serve)
		if ctx.Err() != nil {
			k.event(Event{State: Lost, Err: ctx.Err()})
			return ctx.Err()
		}
		if joined {
			wait.reset()
		}
		pause := wait.take()
		k.event(Event{State: Lost, Err: err, Retry: pause})
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
	}
}

// once opens the link and serves it until it is lost.
func (k *keeper) once(ctx context.Context, serve func(context.Context, *session) error) (joined bool, err error) {
	c, err := k.link.Open(ctx)
	if err != nil {
		return false, err
	}
	id := k.link.Seed.Rendezvous()
	// A goodbye is said by Close, so the context of the connection ends after it.
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	closing := func() {
		t := time.AfterFunc(polite, end)
		_ = c.Close()
		t.Stop()
		end()
	}
	stop := context.AfterFunc(ctx, end)
	pace := k.link.Limits.filled().pace()
	err = join(whole, c, id, pace, func() { k.event(Event{State: Waiting}) })
	if !stop() || err != nil {
		closing()
		return false, errors.Join(err, ctx.Err())
	}
	k.event(Event{State: Joined})
	s := &session{link: id, conn: c, codec: NewCodec(k.link.Seed), in: make(chan Message), lost: make(chan error, 1), pace: pace, event: k.event, log: k.log}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.lost <- s.read(whole)
	}()
	err = serve(ctx, s)
	closing()
	<-done
	return true, err
}

// session is a connection that has joined its other side.
type session struct {
	link  RendezvousID
	conn  Conn
	codec *Codec
	in    chan Message // what the other side said
	lost  chan error   // why the connection is gone
	pace  *rate.Limiter
	event func(Event)
	log   *slog.Logger
}

// read hands messages to in until the connection is gone. What cannot be read
// is dropped.
func (s *session) read(ctx context.Context) error {
	for {
		frame, err := s.conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := s.pace.Wait(ctx); err != nil {
			return err
		}
		var m Message
		err = aside(func() (err error) { m, err = s.codec.Decode(frame); return err })
		switch {
		case err != nil:
			s.log.Debug("moneysocket: a frame is dropped", "bytes", len(frame), "err", err)
			continue
		case m.Name == NotifyRendezvousEnd:
			return errEnded
		case m.Name.Clear():
			continue // we have met already
		}
		select {
		case s.in <- m:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// send seals a message and writes it.
func (s *session) send(ctx context.Context, m Message) error {
	var frame []byte
	_ = aside(func() error { frame = s.codec.Encode(m); return nil })
	if err := s.conn.Write(ctx, frame); err != nil {
		return fmt.Errorf("sending %s: %w", m.Name, err)
	}
	return nil
}
