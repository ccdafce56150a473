package p2p

import (
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// ours finds a transaction by the hash of an inventory vector.
func (c *Client) ours(iv *wire.InvVect) *Broadcast {
	switch iv.Type {
	case wire.InvTypeTx, wire.InvTypeWitnessTx:
		return c.live[iv.Hash]
	case invWtx:
		return c.wtxids[iv.Hash]
	}
	return nil
}

// announced takes an inv. It is evidence only if the peer was given nothing.
func (c *Client) announced(s *session, m *wire.MsgInv) error {
	now := time.Now()
	var unknown []*wire.InvVect
	var blocks []chainhash.Hash
	c.mu.Lock()
	for _, iv := range m.InvList {
		if iv.Type == wire.InvTypeBlock || iv.Type == wire.InvTypeWitnessBlock {
			blocks = append(blocks, iv.Hash)
			continue
		}
		b := c.ours(iv)
		if b == nil {
			unknown = append(unknown, iv)
			continue
		}
		s.out.settle(b.txid)
		switch e := b.exposures[s.addr]; {
		case e != nil && e.exposed:
			e.has = true
		case b.seen[s.addr].IsZero():
			b.seen[s.addr] = now
			first(&b.story.FirstSeen, now)
			b.story.Seen++
			b.touch()
		}
	}
	c.mu.Unlock()
	if !s.limits.unknown.AllowN(now, len(unknown)) {
		return hostile("a flood of announcements")
	}
	c.news(s, unknown)
	for _, hash := range blocks {
		if err := c.blockAnnounced(s, hash); err != nil {
			return err
		}
	}
	return nil
}
