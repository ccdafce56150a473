package p2p

import "github.com/btcsuite/btcd/wire/v2"

// handle takes one message of a peer. It never blocks: it runs on the
// goroutine that reads. An error ends the connection.
func (c *Client) handle(s *session, m wire.Message, ready func()) error {
	switch m := m.(type) {
	case *wire.MsgPing:
		if !s.out.put(wire.NewMsgPong(m.Nonce)) {
			return errCongested
		}
	case *wire.MsgPong:
		s.asked.answer(m)
		read, next := s.rtt.pong(m.Nonce)
		if next != nil && !s.out.put(next) {
			return errCongested
		}
		c.delivered(s, read)
		ready()
	case *wire.MsgFeeFilter:
		s.fee.Store(m.MinFee)
	case *wire.MsgInv:
		return c.announced(s, m)
	case *wire.MsgGetData:
		return c.serve(s, m)
	case *wire.MsgNotFound:
		s.asked.answer(m)
	case *wire.MsgTx:
		if !s.asked.answer(m) {
			c.subs.send(Event{Kind: Tx, Peer: s.addr, Tx: m, Hash: m.TxHash()})
		}
	case *wire.MsgBlock:
		s.asked.answer(m)
	case *wire.MsgHeaders:
		if !s.asked.answer(m) {
			return c.headersCame(s, m)
		}
	case *wire.MsgAddr:
		c.addresses(s, fromV1(m), m)
	case *wire.MsgAddrV2:
		c.addresses(s, m.AddrList, m)
	case *wire.MsgReject:
		c.rejected(s, m)
	case *wire.MsgVersion, *wire.MsgVerAck:
		return hostile("a second %s", m.Command())
	}
	return nil
}
