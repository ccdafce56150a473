package p2p

import (
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Block is a block that a peer announced. Its header has the proof of work it
// claims; whether it is valid and in the best chain, only a node knows.
type Block struct {
	Hash   chainhash.Hash
	Prev   chainhash.Hash
	Time   time.Time
	Height int32 // as far as peers can be believed; 0 if nobody said
}

const (
	keptBlocks = 1000           // block hashes that are remembered
	stale      = 24 * time.Hour // a header that is older is no news
)

// blocks remembers the heights of blocks whose headers were seen.
type blocks struct {
	height map[chainhash.Hash]int32
	order  []chainhash.Hash
	fetch  chan fetch // of blocks to look into
}

type fetch struct {
	Block
	from string
}

func (k *blocks) add(hash chainhash.Hash, height int32) {
	if k.height == nil {
		k.height = map[chainhash.Hash]int32{}
	}
	k.height[hash] = height
	k.order = append(k.order, hash)
	if len(k.order) > keptBlocks {
		delete(k.height, k.order[0])
		k.order = k.order[1:]
	}
}

// blockAnnounced takes the hash of a block out of an inv. It asks for the
// header: an empty locator and a stop give that one alone.
func (c *Client) blockAnnounced(s *session, hash chainhash.Hash) error {
	c.mu.Lock()
	height, known := c.blocks.height[hash]
	c.mu.Unlock()
	if known {
		s.raise(height)
		return nil
	}
	if !s.headers.Allow() {
		return nil
	}
	if !s.out.put(&wire.MsgGetHeaders{ProtocolVersion: version, HashStop: hash}) {
		return errCongested
	}
	return nil
}

// raise notes that the peer has a block of this height.
func (s *session) raise(height int32) {
	if height > s.height.Load() {
		s.height.Store(height)
	}
}

// headersCame takes headers that nobody here asked for by Request.
func (c *Client) headersCame(s *session, m *wire.MsgHeaders) error {
	for _, h := range m.Headers {
		hash := h.BlockHash()
		if !worked(h, hash, c.cfg.Params) {
			return hostile("a header without proof of work")
		}
		if time.Since(h.Timestamp) > stale {
			continue
		}
		c.mu.Lock()
		height, known := c.blocks.height[hash]
		if !known {
			if before, ok := c.blocks.height[h.PrevBlock]; ok && before > 0 {
				height = before + 1
			} else if claimed := s.height.Load(); claimed > 0 {
				height = claimed + 1
			}
			c.blocks.add(hash, height)
		}
		c.mu.Unlock()
		s.raise(height)
		if known {
			continue
		}
		b := Block{Hash: hash, Prev: h.PrevBlock, Time: h.Timestamp, Height: height}
		c.subs.send(Event{Kind: NewBlock, Peer: s.addr, Hash: hash, Block: &b})
		select {
		case c.blocks.fetch <- fetch{b, s.addr}:
		default: // so many at once are not looked into; the next ones are
		}
	}
	return nil
}
