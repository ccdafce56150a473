package moneysocket

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/time/rate"
)

// Link is one way to the other side of a seed: how to open a connection to the
// rendezvous, and how soon again after it was lost.
type Link struct {
	Seed Seed
	// Open opens a connection to where the rendezvous is.
	Open func(ctx context.Context) (Conn, error)
	// First is the pause after the first failure, or after a connection
	// that had met the other side; it grows by half each time, up to Last.
	// 5 s and 5 min if they are 0.
	First, Last time.Duration
	Limits      Limits
}

// Outgoing is a link that dials the websockets of a beacon, in their order.
func Outgoing(b Beacon, d Dialer) Link {
	return Link{Seed: b.Seed, Limits: d.Limits, Open: func(ctx context.Context) (Conn, error) {
		err := errors.New("the beacon has no websocket location")
		for _, l := range b.Locations {
			if !l.IsWebSocket() {
				continue
			}
			var c Conn
			if c, err = d.Dial(ctx, l); err == nil || ctx.Err() != nil {
				return c, err
			}
		}
		return nil, err
	}}
}

// Incoming is a link that waits at a relay in the same process, for whoever
// dials that relay with the same seed. It is offered again as soon as it was
// lost.
func Incoming(r *Relay, s Seed) Link {
	return Link{Seed: s, Open: r.Connect, First: 10 * time.Millisecond, Last: time.Minute, Limits: r.Limits}
}

// pauses are how long to wait between attempts.
type pauses struct{ first, last, next time.Duration }

func (l Link) pauses() *pauses {
	p := &pauses{first: l.First, last: l.Last}
	if p.first <= 0 {
		p.first = 5 * time.Second
	}
	if p.last <= 0 {
		p.last = 5 * time.Minute
	}
	p.reset()
	return p
}

func (p *pauses) reset() { p.next = p.first }

// take returns the next pause, a little shorter or longer than planned, so that
// those who lost a relay together do not come back together.
func (p *pauses) take() time.Duration {
	d := p.next
	p.next = min(p.last, p.next+p.next/2+1)
	return d - d/10 + rand.N(d/5+1)
}

// aside does something on a stack of its own. Reading JSON, or random bytes,
// takes a deep one, which the goroutine of a connection would keep while it
// waits for days.
func aside(do func() error) error {
	done := make(chan error)
	go func() { done <- do() }()
	return <-done
}

// errEnded is what the relay says when the other side left.
var errEnded = errors.New("the other side left")

// join asks for the rendezvous and waits, as long as it takes, until somebody
// else is there. waiting is called each time that nobody is.
func join(ctx context.Context, c Conn, id RendezvousID, pace *rate.Limiter, waiting func()) error {
	err := aside(func() error {
		ask := NewRequest(RequestRendezvous)
		ask.Rendezvous = id
		return c.Write(ctx, ask.Text())
	})
	if err != nil {
		return fmt.Errorf("asking for the rendezvous: %w", err)
	}
	for {
		frame, err := c.Read(ctx)
		if err != nil {
			return fmt.Errorf("waiting at the rendezvous: %w", err)
		}
		if err := pace.Wait(ctx); err != nil {
			return err
		}
		var m Message
		if aside(func() (err error) { m, err = ParseMessage(frame); return err }) != nil || m.Rendezvous != id {
			continue // not for us, or not yet
		}
		switch m.Name {
		case NotifyRendezvous:
			return nil
		case NotifyRendezvousNotReady:
			waiting()
		case NotifyRendezvousEnd:
			return errEnded
		}
	}
}
