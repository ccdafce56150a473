package channel

import (
	"context"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
)

// queue is what waits to be written. Senders wait while it is long; who must
// not wait may make it longer, up to the backlog.
type queue struct {
	long, backlog, bytes int

	ready chan struct{} // has one token if there is something to take

	mu      sync.Mutex
	waiting [][]byte
	size    int
	room    chan struct{} // closed when there is room again; nil if nobody waits
}

func newQueue(long, backlog, bytes int) *queue {
	return &queue{long: long, backlog: backlog, bytes: bytes, ready: make(chan struct{}, 1)}
}

// push waits for room, until ctx or the session is over.
func (q *queue) push(ctx context.Context, over <-chan struct{}, b []byte) error {
	for {
		q.mu.Lock()
		if len(q.waiting) < q.long && (len(q.waiting) == 0 || q.size+len(b) <= q.bytes) {
			q.add(b)
			q.mu.Unlock()
			return nil
		}
		if q.room == nil {
			q.room = make(chan struct{})
		}
		room := q.room
		q.mu.Unlock()
		select {
		case <-room:
		case <-over:
			return lime.ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// offer never waits; false means that the backlog is full.
func (q *queue) offer(b []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= q.backlog || len(q.waiting) > 0 && q.size+len(b) > 2*q.bytes {
		return false
	}
	q.add(b)
	return true
}

func (q *queue) add(b []byte) {
	q.waiting = append(q.waiting, b)
	q.size += len(b)
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take returns all that waits, and keeps spare for what comes.
func (q *queue) take(spare [][]byte) [][]byte {
	clear(spare)
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.waiting
	q.waiting, q.size = spare[:0], 0
	if q.room != nil {
		close(q.room)
		q.room = nil
	}
	return all
}
