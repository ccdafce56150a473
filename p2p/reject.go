package p2p

import (
	"slices"
	"strings"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// rejected takes a reject (BIP 61), which btcd still sends.
func (c *Client) rejected(s *session, m *wire.MsgReject) {
	if m.Cmd != wire.CmdTx {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.live[m.Hash]
	if b == nil {
		b = c.wtxids[m.Hash]
	}
	if b == nil {
		return
	}
	e := b.exposures[s.addr]
	if e == nil || !e.exposed || e.rejected {
		return // it was not asked
	}
	s.out.settle(b.txid)
	if m.Code == wire.RejectDuplicate && strings.Contains(m.Reason, "already have transaction") {
		e.has = true // another peer was faster: all is well
		b.touch()
		return
	}
	e.rejected, e.has = true, false
	if other, ok := spentBy(m); ok {
		b.story.Conflict = other.String()
	}
	b.story.Rejections = slices.DeleteFunc(b.story.Rejections, func(r Rejection) bool { return r.Peer == s.addr })
	b.story.Rejections = append(b.story.Rejections, Rejection{Peer: s.addr, Code: m.Code.String(), Reason: printable(m.Reason)})
	b.touch()
	c.plan(b, c.ranked(), time.Now())
}

// spentBy reads the id of the transaction that btcd has instead.
func spentBy(m *wire.MsgReject) (other chainhash.Hash, ok bool) {
	if m.Code != wire.RejectDuplicate || !strings.Contains(m.Reason, "already spent") {
		return other, false
	}
	_, id, ok := strings.Cut(m.Reason, "tx=")
	if !ok || len(id) < 2*chainhash.HashSize {
		return other, false
	}
	return other, chainhash.Decode(&other, id[:2*chainhash.HashSize]) == nil
}
