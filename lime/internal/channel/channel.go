// Package channel is one end of an established session, as both sides have it: what is
// read and written, requests that wait for their responses, and how it ends. What
// becomes of what comes is the business of a [Handler].
package channel

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/lime"
)

// Handler is what differs between client and server: what becomes of what comes.
type Handler interface {
	Message(ctx context.Context, m *lime.Message)
	Notification(ctx context.Context, n *lime.Notification)
	// Request ends with Channel.Reply, or with Channel.Free if somebody else answers.
	Request(ctx context.Context, r *lime.Command)
	Response(ctx context.Context, r *lime.Command) // that nobody here waits for
}

// Config says which end of which session it is.
type Config struct {
	ID            string
	Local, Remote lime.Node
	Server        bool
	Limits        Limits
	Log           *slog.Logger
}

// Channel is one end of an established session. All methods may be called at
// the same time by many.
type Channel struct {
	Config
	side       Handler
	info       lime.Info
	transport  lime.Transport
	throughput *throughput

	out   *queue
	in    chan lime.Envelope
	heard atomic.Int64 // when, in nanoseconds
	ctx   context.Context
	stop  context.CancelFunc
	over  chan struct{} // closed when the end begins
	done  chan struct{} // closed when nothing of it is left

	mu      sync.Mutex
	waiting map[string]chan *lime.Command // requests of ours, by id
	serving map[string]bool               // requests of the peer, by id
	last    *lime.Session
	err     error
}

// New makes a channel on a transport whose session is established; Run runs it.
func New(t lime.Transport, side Handler, c Config) *Channel {
	l := c.Limits
	e := &Channel{
		Config: c, side: side, transport: t, info: t.Info(), throughput: newThroughput(l.Throughput),
		out:     newQueue(l.Queue, l.Backlog, 4*l.Envelope),
		in:      make(chan lime.Envelope, l.Queue),
		over:    make(chan struct{}),
		done:    make(chan struct{}),
		waiting: map[string]chan *lime.Command{},
		serving: map[string]bool{},
	}
	e.ctx, e.stop = context.WithCancel(context.Background())
	e.heard.Store(time.Now().UnixNano())
	return e
}

// Info says how the peer is connected.
func (c *Channel) Info() lime.Info { return c.info }

// Context ends when the session does.
func (c *Channel) Context() context.Context { return c.ctx }

// Over is closed when the end of the session begins.
func (c *Channel) Over() <-chan struct{} { return c.over }

// Done is closed when the session is over and all its goroutines have ended.
func (c *Channel) Done() <-chan struct{} { return c.done }

// Err says why the session ended: nil if it has not, or was finished by one of
// both, a *[lime.Reason] if one of them failed it.
func (c *Channel) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Run does all until the session is over.
func (c *Channel) Run() {
	var all sync.WaitGroup
	all.Go(c.write)
	handled := make(chan struct{})
	all.Go(func() {
		defer close(handled)
		c.dispatch()
	})
	c.read()
	// Here it is over, or the peer is finishing and its commands have a while.
	grace := time.NewTimer(c.Limits.Grace)
	select {
	case <-handled:
	case <-grace.C:
	}
	grace.Stop()
	c.end(nil, c.session(lime.StateFinished, nil))
	all.Wait()
	close(c.done)
}
