package p2p

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

// courier is how far the private broadcast of one transaction is.
type courier struct {
	busy   bool
	next   time.Time
	handed int             // peers that took it since it was last begun
	met    map[string]bool // peers that were tried
}

const (
	maxCouriers = 4 // connections at once for private broadcasts
	maxHanded   = 3 // peers that take one transaction, if nobody announces it
)

// couriers sends out private transactions: each on a connection of its own,
// which carries nothing else, to a peer that we have no other business with if
// there is one. An ordinary peer that announces it is the proof that it went.
func (c *Client) couriers(ctx context.Context, work *sync.WaitGroup, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	busy := 0
	for _, b := range c.live {
		if b.private.busy {
			busy++
		}
	}
	for _, b := range c.live {
		k := &b.private
		if b.want.mode != Private || b.story.Mined != nil || k.busy || now.Before(k.next) {
			continue
		}
		if b.story.Seen >= b.want.minSeen || k.handed >= maxHanded {
			k.next, k.handed, k.met = now.Add(c.cfg.Times.again()), 0, nil
			if b.story.FirstSent.IsZero() || b.again.After(now) {
				continue
			}
			b.again = k.next
		}
		if busy++; busy > maxCouriers {
			return
		}
		e, ok := c.stranger(k, now)
		if !ok {
			continue
		}
		k.busy = true
		work.Go(func() { c.carry(ctx, b, e) })
	}
}

// stranger picks whom to give a private transaction to: somebody that we are
// not connected with, else somebody that we are.
func (c *Client) stranger(k *courier, now time.Time) (*entry, bool) {
	if e, ok := c.book.pick(now, nil, func(addr string) bool { return k.met[addr] || c.peers[addr] != nil || addr == c.book.main }); ok {
		return e, true
	}
	return c.book.pickAny(func(addr string) bool { return k.met[addr] || addr == c.book.main })
}

// carry brings a transaction to one peer.
func (c *Client) carry(ctx context.Context, b *Broadcast, e *entry) {
	// A btcd that is not done with our arrival passes over what we announce, and
	// says nothing: then it is the next one's turn.
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Times.Dial+c.cfg.Times.Answer)
	defer cancel()
	var took bool
	older, err := c.connect(ctx, e, func(s *session) error {
		s.private = true
		v2 := c.cfg.V2 != V2Off && c.segwit() && (c.cfg.V2 == V2Only || !e.plain)
		var err error
		took, err = s.deliver(ctx, b, v2)
		return err
	})
	c.log.Info("private broadcast", "txid", b.txid, "taken", took, "err", err)
	c.book.ended(e, 0, older, errors.Is(err, errHostile), c.cfg.Times.Backoff)
	c.mu.Lock()
	defer c.mu.Unlock()
	k := &b.private
	k.busy = false
	switch {
	case older, errors.Is(ctx.Err(), context.Canceled):
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		b.story.Trouble = e.addr + " did not ask for it"
	case err != nil:
		b.story.Trouble = err.Error()
	default:
		b.story.Trouble = ""
	}
	switch {
	case older: // the same one again, plainly
		k.next = time.Now()
	case took:
		k.handed++
		k.next = time.Now().Add(c.cfg.Times.Unseen)
	default:
		k.next = time.Now().Add(c.cfg.Times.Backoff/2 + rnd(c.cfg.Times.Backoff))
	}
	if !older {
		if k.met == nil {
			k.met = map[string]bool{}
		}
		k.met[e.addr] = true
		if err != nil && len(k.met) >= 50 {
			k.met = nil
		}
	}
	c.rouse()
}

// deliver speaks with one peer: announce, be asked, hand over, and leave when
// a pong proves that it was read. took says that it was asked for.
func (s *session) deliver(ctx context.Context, b *Broadcast, v2 bool) (took bool, err error) {
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if older, err := s.handshake(ctx, v2); err != nil {
		if older && s.c.cfg.V2 == V2Auto {
			return false, errOlder
		}
		return false, err
	}
	if !s.relay {
		return false, errors.New("it takes no transactions")
	}
	if !s.c.exposePrivately(s, b) {
		return false, nil
	}
	nonce := rand.Uint64()
	if err := s.say(s.inventory([]*Broadcast{b})); err != nil {
		return false, err
	}
	s.c.wrote(s, []*Broadcast{b}, nil)
	for {
		command, payload, err := s.frames.read(func(c string) int {
			if c == wire.CmdGetData || c == wire.CmdPing || c == wire.CmdPong {
				return limits[c]
			}
			return -1
		})
		if err != nil {
			return took, fmt.Errorf("read: %w", err)
		}
		if payload == nil {
			continue
		}
		if err := s.limits.messages.Wait(ctx); err != nil {
			return took, err
		}
		m, err := decode(command, payload, s.pver)
		if err != nil {
			return took, err
		}
		switch m := m.(type) {
		case *wire.MsgPing:
			err = s.say(wire.NewMsgPong(m.Nonce))
		case *wire.MsgGetData:
			if !took && (holds(m.InvList, b.txid) || holds(m.InvList, b.wtxid)) {
				took = true
				s.c.privatelyAsked(s, b)
				if err = s.say(b.raw, wire.NewMsgPing(nonce)); err == nil {
					s.c.wrote(s, nil, []*Broadcast{b})
				}
			}
		case *wire.MsgPong:
			if took && m.Nonce == nonce {
				s.c.delivered(s, []*Broadcast{b})
				return true, nil
			}
		}
		if err != nil {
			return took, err
		}
	}
}
