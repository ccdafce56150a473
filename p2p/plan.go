package p2p

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

// rnd is a time below d.
func rnd(d time.Duration) time.Duration { return rand.N(max(d, 1)) }

// ranked are the peers that are ready: our own node first, then by how fast
// they answer. The lock is held.
func (c *Client) ranked() []*session {
	type entry struct {
		s   *session
		rtt time.Duration
	}
	all := make([]entry, 0, len(c.peers))
	for _, s := range c.peers {
		if s.isReady && !s.private {
			all = append(all, entry{s, s.rtt.estimate()})
		}
	}
	slices.SortFunc(all, func(a, b entry) int {
		if a.s.main != b.s.main {
			if a.s.main {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.rtt, b.rtt), cmp.Compare(a.s.serial, b.s.serial))
	})
	out := make([]*session, len(all))
	for i, e := range all {
		out[i] = e.s
	}
	return out
}

// takes reports whether to give b to a peer at all.
func (s *session) takes(b *Broadcast) bool {
	return s.relays() && // else it would hang up, or ignore it
		(b.want.feeRate == 0 || s.fee.Load() <= b.want.feeRate) &&
		(!b.witness || s.services&wire.SFNodeWitness != 0)
}

// relays reports whether a peer tells others of transactions that it takes, as
// far as it has said. One that wants blocks only (-blocksonly),
// or that loads the chain, announces nothing, and is no watcher.
func (s *session) relays() bool { return s.relay && s.fee.Load() < neverFee }

// relaying are those of the ranked that relay.
func relaying(ranked []*session) (all []*session) {
	for _, s := range ranked {
		if s.relays() {
			all = append(all, s)
		}
	}
	return all
}

// need is how many peers should be given b, of so many that relay.
func (c *Client) need(b *Broadcast, ready int, now time.Time) int {
	n := b.want.nodes
	if n <= 0 {
		n = min(c.cfg.Targets, max(1, ready-b.want.minSeen))
	}
	if b.story.Seen < b.want.minSeen && !b.story.FirstSent.IsZero() {
		switch waited := now.Sub(b.story.FirstSent); {
		case waited > 4*c.cfg.Times.Unseen:
			return max(n, ready)
		case waited > c.cfg.Times.Unseen:
			return n + 2
		}
	}
	return n
}

// plan offers b to as many peers as it still needs, the best first, of
// different neighbourhoods if possible. The lock is held.
func (c *Client) plan(b *Broadcast, ranked []*session, now time.Time) {
	if b.over || b.story.Mined != nil || b.want.mode == Private || len(ranked) == 0 {
		return
	}
	if b.want.nodes == 0 && b.story.Seen >= b.want.minSeen {
		return // the network has it
	}
	missing := c.need(b, len(relaying(ranked)), now)
	near := map[string]bool{}
	for addr, e := range b.exposures {
		s := c.peers[addr]
		if e.done() || e.offered && !e.rejected && s != nil && s.isReady && s.serial == e.serial {
			missing--
			near[group(addr)] = true
		}
	}
	for _, strict := range []bool{true, false} {
		for _, s := range ranked {
			if missing <= 0 {
				return
			}
			e := b.exposures[s.addr]
			_, has := b.seen[s.addr]
			if has || e != nil && (e.done() || e.offered && e.serial == s.serial) || !s.takes(b) || strict && !s.main && near[s.group] {
				continue
			}
			near[s.group] = true
			missing--
			b.give(s)
		}
	}
}

// give offers b to a peer, and what it needs behind it.
func (b *Broadcast) give(s *session) {
	push := b.want.mode == Push
	if b.want.mode == Auto {
		push = len(b.exposures) == 0
	}
	b.offer(s, push)
	for _, p := range b.parents {
		if e := p.exposures[s.addr]; e == nil || !e.offered || e.serial != s.serial {
			p.offer(s, push)
		}
	}
}

func (b *Broadcast) offer(s *session, push bool) {
	e := b.exposures[s.addr]
	if e == nil {
		e = &exposure{}
		b.exposures[s.addr] = e
	}
	if e.serial != s.serial {
		e.served = 0
	}
	e.serial, e.offered, e.rejected = s.serial, true, false // a second opinion
	s.out.offer(b, push)
}

// tend looks after all transactions: it finds peers for those that lost one,
// more for those that nobody relays, and announces again what is not mined.
func (c *Client) tend(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ranked := c.ranked()
	for _, b := range c.live {
		switch {
		case now.Sub(b.story.Queued) > c.cfg.Times.GiveUp:
			c.drop(b)
			continue
		case b.story.Mined != nil, b.want.mode == Private:
			continue
		}
		c.plan(b, ranked, now)
		if now.After(b.again) {
			b.again = now.Add(c.cfg.Times.again())
			able := relaying(ranked)
			for _, s := range able[:min(len(able), c.need(b, len(able), now))] {
				if s.takes(b) {
					b.offer(s, false)
				}
			}
		}
	}
}
