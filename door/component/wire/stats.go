package wire

import "sync/atomic"

// Stats is what a connection has seen so far.
type Stats struct {
	StanzasIn, StanzasOut uint64            // whole ones; the refused are counted in, too
	BytesIn, BytesOut     uint64            // from and to the network
	Refused               map[Reason]uint64 // replaced, so that they can be answered
	Dropped               uint64            // neither passed nor replaced
	Unsafe                uint64            // not written, because of ErrTag
}

type counters struct {
	stanzasIn, stanzasOut, bytesIn, bytesOut, dropped, unsafe atomic.Uint64
	refused                                                   [len(reasons)]atomic.Uint64
}

// Stats returns the counters as they are now.
func (c *Conn) Stats() Stats {
	s := Stats{
		StanzasIn: c.stat.stanzasIn.Load(), StanzasOut: c.stat.stanzasOut.Load(),
		BytesIn: c.stat.bytesIn.Load(), BytesOut: c.stat.bytesOut.Load(),
		Dropped: c.stat.dropped.Load(), Unsafe: c.stat.unsafe.Load(),
		Refused: make(map[Reason]uint64),
	}
	for r := range c.stat.refused {
		if n := c.stat.refused[r].Load(); n > 0 {
			s.Refused[Reason(r)] = n
		}
	}
	return s
}
