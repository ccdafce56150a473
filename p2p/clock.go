package p2p

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

// clock measures how long a peer takes to answer a ping. Two kinds of ping are
// under way, at most one of each: by the beat, which are timed, and behind
// transactions, whose pong says that those were read.
type clock struct {
	mu      sync.Mutex
	now     func() time.Time
	average time.Duration
	known   bool
	nonce   uint64 // of the ping by the beat, 0 if none is under way
	sent    time.Time
	answer  chan struct{} // closed at the pong

	receipt uint64 // nonce of the ping behind transactions
	handed  time.Time
	behind  []*Broadcast // what that ping follows
	waiting []*Broadcast // what was handed over since
}

// newest is the weight of the last measurement in the average.
const newest = 0.3

var errStalled = errors.New("it answers no ping")

// ping is the next by the beat, nil while one is under way.
func (k *clock) ping() (*wire.MsgPing, <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.nonce != 0 {
		return nil, k.answer
	}
	k.nonce, k.sent, k.answer = rand.Uint64()|1, k.now(), make(chan struct{})
	return wire.NewMsgPing(k.nonce), k.answer
}

// follow is the ping to write behind transactions, nil while another waits for
// its pong: then the next one will be for these too.
func (k *clock) follow(handed []*Broadcast) *wire.MsgPing {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.waiting = append(k.waiting, handed...)
	return k.receiptLocked()
}

func (k *clock) receiptLocked() *wire.MsgPing {
	if k.receipt != 0 || len(k.waiting) == 0 {
		return nil
	}
	k.receipt, k.handed = rand.Uint64()|1, k.now()
	k.behind, k.waiting = k.waiting, nil
	return wire.NewMsgPing(k.receipt)
}

// pong takes an answer. It returns what was read before it, and the ping to
// send next, if any.
func (k *clock) pong(nonce uint64) (read []*Broadcast, next *wire.MsgPing) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch nonce {
	case 0:
	case k.nonce:
		took := k.now().Sub(k.sent)
		if k.known {
			took = time.Duration(newest*float64(took) + (1-newest)*float64(k.average))
		}
		k.average, k.known, k.nonce = took, true, 0
		close(k.answer)
	case k.receipt:
		k.receipt, read, k.behind = 0, k.behind, nil
		next = k.receiptLocked()
	}
	return read, next
}

// estimate is how long the peer takes to answer: not less than what it takes
// to answer the ping that is under way.
func (k *clock) estimate() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.nonce == 0 {
		return k.average
	}
	return max(k.average, k.now().Sub(k.sent))
}

// overdue reports whether a pong behind transactions is missing for so long.
func (k *clock) overdue(d time.Duration) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.receipt != 0 && k.now().Sub(k.handed) > d
}

// beat pings at once and then regularly. It fails when no answer comes.
func (s *session) beat(ctx context.Context) error {
	for {
		ping, answer := s.rtt.ping()
		if ping != nil && !s.out.put(ping) {
			return errCongested
		}
		timer := time.NewTimer(s.c.cfg.Times.Stall)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
			return errStalled
		case <-answer:
		}
		if s.rtt.overdue(2 * s.c.cfg.Times.Stall) {
			return errStalled
		}
		every := s.c.cfg.Times.Ping
		timer.Reset(every*3/4 + rand.N(every/2+1))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
