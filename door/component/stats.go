package component

import (
	"sync/atomic"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// Stats are counts since the start. Wire is that of the connection now.
type Stats struct {
	Connected bool
	Connects  int64

	MessagesIn, PresencesIn, IQsIn    int64
	MessagesOut, PresencesOut, IQsOut int64

	Ignored int64 // read and not for us to answer
	Shed    int64 // found no room in a queue
	Limited int64 // messages over a user's rate
	Lost    int64 // answers that found no connection
	Bounced int64 // notices that came back
	Merged  int64 // presences replaced by a later one before they were sent
	Panics  int64
	Waiting int // presences waiting to be sent
	Wire    wire.Stats
}

type kinds struct{ message, presence, iq atomic.Int64 }

type tally struct {
	in, out                                                 kinds
	connects, ignored, shed, limited, lost, bounced, panics atomic.Int64
}

func (t *tally) count(k *kinds, kind string) {
	switch kind {
	case "message":
		k.message.Add(1)
	case "presence":
		k.presence.Add(1)
	case "iq":
		k.iq.Add(1)
	}
}

// Stats reads the counts.
func (c *Component) Stats() Stats {
	t := &c.tally
	s := Stats{
		Connects:   t.connects.Load(),
		MessagesIn: t.in.message.Load(), PresencesIn: t.in.presence.Load(), IQsIn: t.in.iq.Load(),
		MessagesOut: t.out.message.Load(), PresencesOut: t.out.presence.Load(), IQsOut: t.out.iq.Load(),
		Ignored: t.ignored.Load(), Shed: t.shed.Load(), Limited: t.limited.Load(),
		Lost: t.lost.Load(), Bounced: t.bounced.Load(), Panics: t.panics.Load(),
	}
	s.Waiting, s.Merged = c.presences.state()
	if l := c.now(); l != nil {
		s.Connected = true
		s.Wire = l.conn.Stats()
	}
	return s
}
