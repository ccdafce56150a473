package p2p

import "time"

// exposure is what one peer was given of one transaction.
type exposure struct {
	serial    uint64 // of the connection that it was last offered on
	offered   bool   // it is on its way, or was written
	exposed   bool   // the peer may have read of it
	sent      bool   // a write of it succeeded
	delivered bool
	asked     bool // it asked for it
	requested bool // and was given it
	rejected  bool
	has       bool // it said so
	served    int  // times on that connection
}

// done means that the peer has it, or had its say: no other is needed instead.
func (e *exposure) done() bool { return e.delivered || e.requested || e.has }

// expose notes that a peer is about to learn of transactions, and leaves out
// what it need not learn. It returns the rest.
func (c *Client) expose(s *session, of []*Broadcast) []*Broadcast {
	if len(of) == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	rest := of[:0]
	for _, b := range of {
		e := b.exposures[s.addr]
		if _, has := b.seen[s.addr]; e == nil || b.over || b.story.Mined != nil || has && !e.exposed {
			s.out.settle(b.txid)
			continue
		}
		e.exposed = true
		rest = append(rest, b)
	}
	return rest
}

// wrote notes that a peer was told of some transactions and handed others. It
// is only now that one that was asked for counts as requested: whoever waits
// for that and leaves must not leave before it was given.
func (c *Client) wrote(s *session, announced, handed []*Broadcast) {
	if len(announced)+len(handed) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	for _, b := range announced {
		b.told(b.exposures[s.addr], false, now)
	}
	for _, b := range handed {
		b.told(b.exposures[s.addr], true, now)
	}
}

// told notes that a peer was told of b, or handed it.
func (b *Broadcast) told(e *exposure, handed bool, now time.Time) {
	if e == nil || e.sent && !(handed && e.asked && !e.requested) {
		return
	}
	if !e.sent {
		e.sent = true
		first(&b.story.FirstSent, now)
		b.story.Sent++
	}
	if handed && e.asked {
		e.requested = true
		first(&b.story.FirstRequested, now)
		b.story.Requested++
	}
	b.touch()
}

// exposePrivately notes that a peer is about to learn of a private transaction;
// false if that is no longer needed.
func (c *Client) exposePrivately(s *session, b *Broadcast) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.over || b.story.Mined != nil {
		return false
	}
	e := b.exposures[s.addr]
	if e == nil {
		e = &exposure{}
		b.exposures[s.addr] = e
	}
	e.serial, e.offered, e.exposed = s.serial, true, true
	return true
}

// privatelyAsked notes that a peer asked for a private transaction.
func (c *Client) privatelyAsked(s *session, b *Broadcast) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := b.exposures[s.addr]; e != nil {
		e.asked = true
	}
}

// delivered notes that a peer has read what it was handed.
func (c *Client) delivered(s *session, read []*Broadcast) {
	if len(read) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	for _, b := range read {
		if e := b.exposures[s.addr]; e != nil && !e.delivered {
			b.told(e, true, now) // the pong may be faster than the news of the write
			e.delivered = true
			first(&b.story.FirstDelivered, now)
			b.story.Delivered++
			b.touch()
		}
	}
}

func first(at *time.Time, now time.Time) {
	if at.IsZero() {
		*at = now
	}
}
