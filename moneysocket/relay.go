package moneysocket

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// Relay joins two connections that name the same rendezvous, and passes the
// frames between them on unread. A third is refused. The zero value is ready to
// use; the fields are not changed after the first connection.
type Relay struct {
	// Allow says which rendezvous may be used; nil is all, which makes an
	// open relay.
	Allow func(RendezvousID) bool
	// Own says at which of them one of the two must be of this process (see
	// [Incoming]), so that strangers cannot keep its place; nil is none.
	Own    func(RendezvousID) bool
	Limits Limits
	Log    *slog.Logger

	once   sync.Once
	limits Limits // filled
	log    *slog.Logger
	ctx    context.Context // of all connections
	close  context.CancelFunc
	all    sync.WaitGroup

	mu    sync.Mutex
	over  bool
	meets map[RendezvousID]*meeting
	from  map[string]int // connections by address, "" is this process
	open  int
	alone int // at a rendezvous
	home  int // of these, of this process
}

// meeting is a rendezvous with one or two parties.
type meeting struct{ first, second *party }

// party is one connection to a relay.
type party struct {
	conn Conn
	home bool         // of this process
	id   RendezvousID // "" until it asked
	ask  string       // UUID of its request
	peer *party       // nil until it joined
}

// ErrClosed is what a relay that was closed says.
var ErrClosed = errors.New("the relay is closed")

// What a relay ends a connection for.
var (
	errFull    = errors.New("too many connections")
	errTaken   = errors.New("two others are at this rendezvous")
	errAgain   = errors.New("a second rendezvous on one connection")
	errForeign = errors.New("the rendezvous is not served here")
	errForm    = errors.New("not a message of moneysocket v0")
	errDraft   = errors.New("a message of the draft version 1, which is not spoken")
)

func (r *Relay) init() {
	r.once.Do(func() {
		if r.limits, r.log = r.Limits.filled(), r.Log; r.log == nil {
			r.log = slog.New(slog.DiscardHandler)
		}
		r.ctx, r.close = context.WithCancel(context.Background())
		r.meets, r.from = map[RendezvousID]*meeting{}, map[string]int{}
	})
}

// Counts is how busy a relay is.
type Counts struct{ Connections, Waiting, Joined int }

// Counts returns how many connections there are, and how many of them are alone
// at a rendezvous or joined.
func (r *Relay) Counts() Counts {
	r.init()
	r.mu.Lock()
	defer r.mu.Unlock()
	return Counts{r.open, r.alone, 2 * (len(r.meets) - r.alone)}
}

// Close ends all connections and waits for them. Further ones are refused.
func (r *Relay) Close() {
	r.init()
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	r.close()
	r.all.Wait()
}

// admit counts a connection in; leave counts it out. An empty address is of
// this process: it is free of limits, and takes nothing of what strangers may.
func (r *Relay) admit(address string) error {
	r.init()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.over:
		return ErrClosed
	case address != "" && (above(r.open-r.from[""]+1, r.limits.Connections) || above(r.from[address]+1, r.limits.PerAddress)):
		return errFull
	}
	r.open++
	r.from[address]++
	r.all.Add(1)
	return nil
}

func (r *Relay) leave(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	if r.from[address]--; r.from[address] == 0 {
		delete(r.from, address)
	}
	r.all.Done()
}

// Connect returns a connection to the relay from within the process.
func (r *Relay) Connect(ctx context.Context) (Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.admit(""); err != nil {
		return nil, err
	}
	near, far := newPipe()
	go func() {
		defer r.leave("")
		r.serve(far, "")
	}()
	return near, nil
}

// serve is the life of a connection; from is empty for one of this process.
func (r *Relay) serve(c Conn, from string) {
	ctx, end := context.WithCancel(r.ctx)
	defer end()
	p := &party{conn: c, home: from == ""}
	err := r.listen(ctx, p)
	drop(c)
	if peer := r.depart(p); peer != nil {
		bye := NewNotification(NotifyRendezvousEnd, "")
		bye.Rendezvous = p.id
		_ = peer.conn.Write(ctx, bye.Text())
		_ = peer.conn.Close()
	}
	r.log.Debug("moneysocket relay: a connection ended", "from", from, "err", err)
}

// arrive brings a party to its rendezvous, and returns its peer if there is one
// now. Both are joined before anybody is told.
func (r *Relay) arrive(p *party, id RendezvousID, ask string) (peer *party, err error) {
	if r.Allow != nil && !r.Allow(id) {
		return nil, errForeign
	}
	own := r.Own != nil && r.Own(id)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch m := r.meets[id]; {
	case p.id != "":
		return nil, errAgain
	case m == nil && !p.home && above(r.alone-r.home+1, r.limits.Waiting):
		return nil, errFull
	case m == nil:
		r.meets[id] = &meeting{first: p}
		r.waits(p, 1)
	case m.second != nil, own && m.first.home == p.home:
		return nil, errTaken
	default:
		m.second, peer = p, m.first
		p.peer, peer.peer = peer, p
		r.waits(peer, -1)
	}
	p.id, p.ask = id, ask
	return peer, nil
}

// waits counts a party in, or out, that is alone at its rendezvous.
func (r *Relay) waits(p *party, n int) {
	r.alone += n
	if p.home {
		r.home += n
	}
}

// depart takes a party away from its rendezvous, which is free again at once,
// and returns the peer that it leaves behind.
func (r *Relay) depart(p *party) *party {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.meets[p.id]
	if p.id == "" || m == nil || m.first != p && m.second != p {
		return nil // never there, or the other was faster
	}
	delete(r.meets, p.id)
	if m.second == nil {
		r.waits(p, -1)
	}
	return p.peer
}

// other returns whom a party has joined.
func (r *Relay) other(p *party) *party {
	r.mu.Lock()
	defer r.mu.Unlock()
	return p.peer
}
