package lime

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Role is what a session may do.
type Role uint8

// Roles. A visitor is a guest: only what is open to guests answers.
const (
	Unknown Role = iota
	Visitor
	Member
	Authority     // speaks for the domain
	RootAuthority // and for its subdomains
)

// Channel is one end of an established session. All methods may be called at
// the same time by many.
type Channel struct {
	id            string
	local, remote Node
	server        bool
	role          Role
	principal     any
	info          Info
	side          side
	transport     Transport
	limits        Limits
	throughput    *throughput
	log           *slog.Logger

	out   *queue
	in    chan Envelope
	heard atomic.Int64 // when, in nanoseconds
	ctx   context.Context
	stop  context.CancelFunc
	over  chan struct{} // closed when the end begins
	done  chan struct{} // closed when nothing of it is left

	mu         sync.Mutex
	waiting    map[string]chan *Command // requests of ours, by id
	serving    map[string]bool          // requests of the peer, by id
	last       *Session
	err        error
	presence   Presence
	receipt    Receipt
	capability Capability
	subs       map[subscription]bool
}

// side is what differs between client and server: what becomes of what comes.
type side interface {
	message(ctx context.Context, c *Channel, m *Message)
	notification(ctx context.Context, c *Channel, n *Notification)
	request(ctx context.Context, c *Channel, r *Command)
	response(ctx context.Context, c *Channel, r *Command) // that nobody here waits for
}

func newChannel(t Transport, s side, limits Limits, log *slog.Logger) *Channel {
	c := &Channel{
		side: s, transport: t, limits: limits, log: log, info: t.Info(),
		out:     newQueue(limits.Queue, limits.Backlog, 4*limits.Envelope),
		in:      make(chan Envelope, limits.Queue),
		over:    make(chan struct{}),
		done:    make(chan struct{}),
		waiting: map[string]chan *Command{},
		serving: map[string]bool{},
		subs:    map[subscription]bool{},
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.heard.Store(time.Now().UnixNano())
	return c
}

// ID is the id of the session.
func (c *Channel) ID() string { return c.id }

// Local is the node of this end.
func (c *Channel) Local() Node { return c.local }

// Remote is the node of the other end: at a server, whom it speaks with.
func (c *Channel) Remote() Node { return c.remote }

// Role is what the authenticator gave; at a client it is Unknown.
func (c *Channel) Role() Role { return c.role }

// Principal is what the authenticator gave; at a client it is nil.
func (c *Channel) Principal() any { return c.principal }

// Info says how the peer is connected.
func (c *Channel) Info() Info { return c.info }

// Done is closed when the session is over and all its goroutines have ended.
func (c *Channel) Done() <-chan struct{} { return c.done }

// Err says why the session ended: nil if it has not, or was finished by one of
// both, a *[Reason] if one of them failed it.
func (c *Channel) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Presence is what the peer has set.
func (c *Channel) Presence() Presence {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.presence
}

// Receipt is which notifications the peer wants.
func (c *Channel) Receipt() Receipt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.receipt
}

// Capability is what the peer said that it understands.
func (c *Channel) Capability() Capability {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.capability
}

// run does all until the session is over.
func (c *Channel) run() {
	var all sync.WaitGroup
	all.Go(c.write)
	handled := make(chan struct{})
	all.Go(func() {
		defer close(handled)
		c.dispatch()
	})
	c.read()
	// Here it is over, or the peer is finishing and its commands have a while.
	grace := time.NewTimer(c.limits.Grace)
	select {
	case <-handled:
	case <-grace.C:
	}
	grace.Stop()
	c.end(nil, c.session(StateFinished, nil))
	all.Wait()
	close(c.done)
}

// end begins the end, once: last is what the peer is told, nil for nothing.
func (c *Channel) end(why error, last *Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.over:
		return
	default:
	}
	c.err, c.last = why, last
	close(c.over)
	c.stop()
}

// fail ends the session and tells the peer why.
func (c *Channel) fail(why error, reason *Reason) {
	if !c.server { // only a server may say failed
		c.end(why, c.session(StateFinishing, nil))
		return
	}
	c.end(why, c.session(StateFailed, reason))
}

func (c *Channel) session(state State, reason *Reason) *Session {
	s := &Session{Header: Header{ID: c.id}, State: state, Reason: reason}
	if c.server {
		s.From, s.To = c.local, c.remote
	}
	return s
}

// NewID makes a random id.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
