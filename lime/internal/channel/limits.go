package channel

import (
	"time"

	"golang.org/x/time/rate"
)

// Limits of one session; all are set.
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
