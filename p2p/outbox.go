package p2p

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

var errCongested = errors.New("it asks faster than it reads")

const (
	maxSaid    = 200              // messages that wait to be written, but for transactions
	maxAnswers = 5000             // transactions that were asked for and wait to be written
	maxOpen    = 1000             // announcements that the peer did not answer: Bitcoin Core forgets what is beyond 5,000
	maxBatch   = 128 << 10        // bytes of transactions between two looks at what is more urgent
	forgotten  = 30 * time.Second // after that an announcement counts as answered: the peer has it from another
)

// offer is a transaction to announce or, if push is set, to hand over unasked.
type offer struct {
	b    *Broadcast
	push bool
}

// outbox is what waits to be written to one peer. It holds no copies: the
// bytes of a transaction exist once.
type outbox struct {
	mu      sync.Mutex
	said    []wire.Message
	answers []*Broadcast
	offers  []offer
	open    map[chainhash.Hash]time.Time // announced, by txid, and not answered
	wake    chan struct{}
}

// put queues a message. False means that the peer does not read what it makes
// us say.
func (o *outbox) put(m wire.Message) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.said) >= maxSaid {
		return false
	}
	o.said = append(o.said, m)
	o.rouse()
	return true
}

// answer queues a transaction that was asked for; false as for put.
func (o *outbox) answer(b *Broadcast) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.open, b.txid)
	if len(o.answers) >= maxAnswers {
		return false
	}
	o.answers = append(o.answers, b)
	o.rouse()
	return true
}

func (o *outbox) offer(b *Broadcast, push bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offers = append(o.offers, offer{b, push})
	o.rouse()
}

// settle says that an announcement was answered in some way.
func (o *outbox) settle(txid chainhash.Hash) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.open[txid]; ok {
		delete(o.open, txid)
		o.rouse()
	}
}

func (o *outbox) rouse() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// batch is what to write next.
type batch struct {
	said     []wire.Message
	answers  []*Broadcast
	pushes   []*Broadcast
	announce []*Broadcast
}

func (b batch) empty() bool {
	return len(b.said)+len(b.answers)+len(b.pushes)+len(b.announce) == 0
}

// take removes the next batch: messages first, then what was asked for, then
// what we offer, as far as the peer keeps up.
func (o *outbox) take(now time.Time) batch {
	o.mu.Lock()
	defer o.mu.Unlock()
	var b batch
	b.said, o.said = o.said, nil
	size, n := 0, 0
	for ; n < len(o.answers) && size < maxBatch; n++ {
		size += len(o.answers[n].raw)
	}
	b.answers, o.answers = o.answers[:n:n], o.answers[n:]
	for n = 0; n < len(o.offers) && size < maxBatch; n++ {
		switch it := o.offers[n]; {
		case it.push:
			b.pushes = append(b.pushes, it.b)
			size += len(it.b.raw)
		case len(o.open) >= maxOpen && !o.expire(now):
			o.offers = o.offers[n:]
			return b
		default:
			if o.open == nil {
				o.open = map[chainhash.Hash]time.Time{}
			}
			o.open[it.b.txid] = now
			b.announce = append(b.announce, it.b)
		}
	}
	o.offers = o.offers[n:]
	if len(o.answers)+len(o.offers) > 0 {
		o.rouse()
	}
	return b
}

// expire forgets old announcements and reports whether there is room.
func (o *outbox) expire(now time.Time) bool {
	for txid, at := range o.open {
		if now.Sub(at) > forgotten {
			delete(o.open, txid)
		}
	}
	return len(o.open) < maxOpen
}

// send writes until the connection ends.
func (s *session) send(ctx context.Context) error {
	tick := time.NewTicker(forgotten / 4) // announcements grow old without a word
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.out.wake:
		case <-tick.C:
		}
		if err := s.write(s.out.take(time.Now())); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
}

// write writes one batch, and a ping behind the transactions in it. What the
// peer may see is noted before it can see it, so that no echo of ours counts
// as news.
func (s *session) write(b batch) error {
	if b.empty() {
		return nil
	}
	if err := s.SetWriteDeadline(time.Now().Add(s.c.cfg.Times.Stall)); err != nil {
		return err
	}
	b.announce, b.pushes = s.c.expose(s, b.announce), s.c.expose(s, b.pushes)
	for _, m := range b.said {
		if err := s.frames.write(m, wire.WitnessEncoding); err != nil {
			return err
		}
	}
	if len(b.announce) > 0 {
		if err := s.frames.write(s.inventory(b.announce), wire.BaseEncoding); err != nil {
			return err
		}
	}
	handed := append(b.pushes, b.answers...)
	for _, b := range handed {
		if err := s.frames.write(b.raw, wire.WitnessEncoding); err != nil {
			return err
		}
	}
	if ping := s.rtt.follow(handed); ping != nil {
		if err := s.frames.write(ping, wire.BaseEncoding); err != nil {
			return err
		}
	}
	if err := s.frames.flush(); err != nil {
		return err
	}
	s.c.wrote(s, b.announce, handed)
	return nil
}

// inventory announces by wtxid to those who want it so (BIP 339), else by txid.
func (s *session) inventory(of []*Broadcast) *wire.MsgInv {
	inv := wire.NewMsgInvSizeHint(uint(len(of)))
	for _, b := range of {
		iv := &wire.InvVect{Type: wire.InvTypeTx, Hash: b.txid}
		if s.byWtxid {
			iv = &wire.InvVect{Type: invWtx, Hash: b.wtxid}
		}
		inv.InvList = append(inv.InvList, iv)
	}
	return inv
}

// invWtx is MSG_WTX (BIP 339), which the wire package does not name.
const invWtx wire.InvType = 5
