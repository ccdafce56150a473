package limeclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/transport"
)

// Client keeps a session with a server: when it is lost, it makes another one.
type Client struct {
	Dialer  *Dialer
	Address string // see Dialer.Dial
	// Presence and Receipt are set in every session; nil sets none.
	Presence *lime.Presence
	Receipt  *lime.Receipt
	// Started is called in every session when it is ready; an error ends it.
	Started func(ctx context.Context, c *Channel) error
	// Wait is how long to wait before the nth attempt in a row, from 1; nil
	// doubles from half a second to a minute, more or less.
	Wait func(n int) time.Duration

	now chan *Channel
}

// steady is how long a session must last not to count as a failure: two
// clients of the same node would throw each other out for ever.
const steady = time.Minute

// NewClient makes a client; Run connects it.
func NewClient(d *Dialer, address string) *Client {
	return &Client{Dialer: d, Address: address, now: make(chan *Channel)}
}

// Run keeps the session until ctx is done, and then finishes it. It returns
// early only when the server refuses us, with its *[lime.Reason].
func (c *Client) Run(ctx context.Context) error {
	for n := 0; ; n++ {
		if n > 0 {
			select {
			case <-time.After(c.wait(n)):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		began := time.Now()
		err := c.once(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, lime.ErrRefused):
			return err
		case time.Since(began) > steady:
			n = 0
		}
		if log := c.Dialer.Log; log != nil {
			log.Warn("lime: the session was lost", "server", c.Address, "err", err)
		}
	}
}

func (c *Client) wait(n int) time.Duration {
	if c.Wait != nil {
		return c.Wait(n)
	}
	most := min(time.Minute, time.Second/2<<min(n-1, 10))
	return most/2 + rand.N(most)
}

// once is one session, from its beginning to its end.
func (c *Client) once(ctx context.Context) error {
	channel, err := c.Dialer.Dial(ctx, c.Address)
	if err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), transport.Linger)
		defer cancel()
		_ = channel.Finish(last)
	}()
	if err := c.ready(ctx, channel); err != nil {
		return err
	}
	for {
		select {
		case c.now <- channel:
		case <-channel.Done():
			return channel.Err()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Client) ready(ctx context.Context, channel *Channel) error {
	if c.Receipt != nil {
		if _, err := channel.Do(ctx, lime.Set, "/receipt", *c.Receipt); err != nil {
			return err
		}
	}
	if c.Presence != nil {
		if _, err := channel.Do(ctx, lime.Set, "/presence", *c.Presence); err != nil {
			return err
		}
	}
	if c.Started != nil {
		return c.Started(ctx, channel)
	}
	return nil
}

// Channel waits for a session that is ready.
func (c *Client) Channel(ctx context.Context) (*Channel, error) {
	for {
		select {
		case channel := <-c.now:
			select {
			case <-channel.end.Over(): // just now
			default:
				return channel, nil
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
