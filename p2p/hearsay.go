package p2p

import (
	"net"
	"time"

	"github.com/btcsuite/btcd/addrmgr"
	"github.com/btcsuite/btcd/wire/v2"
)

// fromV1 turns the addresses of an addr message into those of addrv2.
func fromV1(m *wire.MsgAddr) []*wire.NetAddressV2 {
	list := make([]*wire.NetAddressV2, len(m.AddrList))
	for i, a := range m.AddrList {
		list[i] = wire.NetAddressV2FromBytes(a.Timestamp, a.Services, a.IP, a.Port)
	}
	return list
}

// addresses takes an addr or addrv2. A peer may tell of a thousand a day.
func (c *Client) addresses(s *session, list []*wire.NetAddressV2, m wire.Message) {
	now := time.Now()
	s.asked.answer(m)
	if !s.addrs.AllowN(now, len(list)) {
		return
	}
	for _, na := range list {
		if na.Timestamp.After(now.Add(10 * time.Minute)) {
			na.Timestamp = now.Add(-5 * 24 * time.Hour) // as Bitcoin Core does with clocks that are wrong
		}
	}
	if source := netAddress(s.addr); source != nil {
		c.book.add(list, source)
	}
	if c.subs.want(Addrs) {
		c.subs.send(Event{Kind: Addrs, Peer: s.addr, Addrs: names(list)})
	}
	c.rouse()
}

// names writes addresses as host:port.
func names(list []*wire.NetAddressV2) []string {
	text := make([]string, len(list))
	for i, na := range list {
		text[i] = addrmgr.NetAddressKey(na)
	}
	return text
}

// netAddress is nil for host names.
func netAddress(addr string) *wire.NetAddressV2 {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return nil
	}
	return wire.NetAddressV2FromBytes(time.Now(), 0, ip, 0)
}

// news takes announcements of transactions that are not ours, and asks for
// them if that is wanted.
func (c *Client) news(s *session, unknown []*wire.InvVect) {
	tell := c.subs.want(Announced)
	want := wire.NewMsgGetData()
	for _, iv := range unknown {
		if iv.Type != wire.InvTypeTx && iv.Type != invWtx && iv.Type != wire.InvTypeWitnessTx {
			continue
		}
		if tell {
			c.subs.send(Event{Kind: Announced, Peer: s.addr, Hash: iv.Hash, Wtxid: iv.Type == invWtx})
		}
		if c.cfg.Fetch > 0 && c.fetched.first(iv.Hash) && c.fetches.Allow() {
			kind := iv.Type
			if kind == wire.InvTypeTx && c.segwit() {
				kind = wire.InvTypeWitnessTx
			}
			want.InvList = append(want.InvList, &wire.InvVect{Type: kind, Hash: iv.Hash})
		}
	}
	if len(want.InvList) > 0 {
		s.out.put(want)
	}
}

// Addresses are those of an answer to getaddr, as host:port.
func Addresses(m wire.Message) []string {
	switch m := m.(type) {
	case *wire.MsgAddr:
		return names(fromV1(m))
	case *wire.MsgAddrV2:
		return names(m.AddrList)
	}
	return nil
}
