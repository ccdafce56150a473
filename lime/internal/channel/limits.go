package channel

import (
	"cmp"
	"time"

	"golang.org/x/time/rate"

	"github.com/bitcoim/bitcoim/lime/internal/transport"
)

// Limits of one session. A zero field means its default, which is written down once for
// the clients and the servers that say it; but Throughput has none.
type Limits struct {
	Envelope   int // bytes of an envelope
	Queue      int // envelopes that wait to be written before a sender waits
	Backlog    int // envelopes that wait before the peer is too slow
	InFlight   int // requests that are handled at once
	Throughput int // messages and requests a second; 0 is as many as come

	Write time.Duration // for what was sent to be taken by the network
	Idle  time.Duration // of silence, until a ping is sent
	Dead  time.Duration // of silence, until the session is finished
	Grace time.Duration // for requests under way when a session finishes
}

// OrDefault fills in what is zero.
func (l Limits) OrDefault() Limits {
	l.Envelope = cmp.Or(l.Envelope, transport.DefaultLimit)
	l.Queue = cmp.Or(l.Queue, 64)
	l.Backlog = max(cmp.Or(l.Backlog, 1024), l.Queue)
	l.InFlight = cmp.Or(l.InFlight, 32)
	l.Write = cmp.Or(l.Write, 15*time.Second)
	l.Idle = cmp.Or(l.Idle, time.Minute)
	l.Dead = cmp.Or(l.Dead, 150*time.Second)
	l.Grace = cmp.Or(l.Grace, 5*time.Second)
	return l
}

// What is over the throughput is refused; far over it ends the session.
const (
	Burst = 3 // seconds of the throughput that may come at once
	flood = 10
)

// throughput counts what a peer asks for.
type throughput struct{ fair, most *rate.Limiter }

func newThroughput(perSecond int) *throughput {
	if perSecond <= 0 {
		return nil
	}
	return &throughput{
		rate.NewLimiter(rate.Limit(perSecond), perSecond*Burst),
		rate.NewLimiter(rate.Limit(perSecond*flood), perSecond*Burst*flood),
	}
}

// allow says whether one more envelope is fair, and whether it can be borne.
func (t *throughput) allow() (fair, bearable bool) {
	if t == nil {
		return true, true
	}
	return t.fair.Allow(), t.most.Allow()
}
