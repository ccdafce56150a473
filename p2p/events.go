package p2p

import (
	"context"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Kind is what an Event is about.
type Kind uint8

// The kinds of events.
const (
	Evidence  Kind = iota // Report: more is known of one of our transactions
	NewBlock              // Block, Peer: a peer announced a block whose header has its proof of work
	PeerUp                // Peer: ready
	PeerDown              // Peer, Err
	Announced             // Hash, Peer: a peer announced a transaction that is not ours
	Tx                    // Hash, Tx, Peer: likewise, when Fetch brought it
	Addrs                 // Addrs, Peer: a peer told of others
)

var kinds = [...]string{"evidence", "block", "peer-up", "peer-down", "announced", "tx", "addrs"}

func (k Kind) String() string { return kinds[min(int(k), len(kinds)-1)] }

// Event is something that happened. Which fields are set, Kind says.
type Event struct {
	Kind   Kind
	Time   time.Time
	Peer   string // host:port
	Err    error
	Report *Report
	Block  *Block
	Hash   chainhash.Hash // txid, or wtxid where Wtxid is set
	Wtxid  bool
	Tx     *wire.MsgTx
	Addrs  []string
	Lost   uint64 // events that this subscriber missed before this one, because it was slow
}

// backlog is how many events wait for a slow subscriber.
const backlog = 1024

// subscribers get each event of their kinds. Nobody waits for them: who is
// slow loses the oldest.
type subscribers struct {
	mu   sync.Mutex
	each map[*subscription]bool
}

type subscription struct {
	kinds [len(kinds)]bool
	ch    chan Event
	lost  uint64
}

// Subscribe returns a channel of events that is closed when ctx ends. Without
// kinds, it is all of them.
func (c *Client) Subscribe(ctx context.Context, kinds ...Kind) <-chan Event {
	s := &subscription{ch: make(chan Event, backlog)}
	for k := range s.kinds {
		s.kinds[k] = len(kinds) == 0
	}
	for _, k := range kinds {
		s.kinds[k] = true
	}
	c.subs.mu.Lock()
	if c.subs.each == nil {
		c.subs.each = map[*subscription]bool{}
	}
	c.subs.each[s] = true
	c.subs.mu.Unlock()
	context.AfterFunc(ctx, func() {
		c.subs.mu.Lock()
		defer c.subs.mu.Unlock()
		delete(c.subs.each, s)
		close(s.ch)
	})
	return s.ch
}

// want reports whether anybody listens to a kind.
func (s *subscribers) want(k Kind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.each {
		if sub.kinds[k] {
			return true
		}
	}
	return false
}

func (s *subscribers) send(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	for sub := range s.each {
		if !sub.kinds[e.Kind] {
			continue
		}
		for sent := false; !sent; {
			e.Lost = sub.lost
			select {
			case sub.ch <- e:
				sent, sub.lost = true, 0
			default:
				select {
				case old := <-sub.ch:
					sub.lost += 1 + old.Lost
				default:
				}
			}
		}
	}
}
