package p2p

import "github.com/btcsuite/btcd/wire/v2"

// maxServed is how often a peer is given one transaction on one connection.
const maxServed = 3

// serve takes a getdata. Who asks for what it was not offered learns nothing.
func (c *Client) serve(s *session, m *wire.MsgGetData) error {
	missing := wire.NewMsgNotFound()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, iv := range m.InvList {
		b := c.ours(iv)
		if b == nil || !b.offeredTo(s) {
			if len(missing.InvList) >= maxOpen {
				return hostile("a getdata for thousands of things that we never had")
			}
			missing.InvList = append(missing.InvList, iv)
			continue
		}
		e := b.exposures[s.addr]
		if e == nil {
			e = &exposure{}
			b.exposures[s.addr] = e
		}
		if e.serial != s.serial {
			e.serial, e.served = s.serial, 0
		}
		if e.served++; e.served > maxServed {
			continue
		}
		e.offered, e.exposed, e.asked = true, true, true
		if !s.out.answer(b) {
			return errCongested
		}
	}
	if len(missing.InvList) > 0 && !s.out.put(missing) {
		return errCongested
	}
	return nil
}

// offeredTo reports whether a peer may have b: it was told of it, or of a
// transaction that spends it, on this connection.
func (b *Broadcast) offeredTo(s *session) bool {
	told := func(b *Broadcast) bool {
		e := b.exposures[s.addr]
		return e != nil && e.exposed && e.serial == s.serial && !b.over
	}
	if told(b) {
		return true
	}
	for _, child := range b.children {
		if told(child) {
			return true
		}
	}
	return false
}
