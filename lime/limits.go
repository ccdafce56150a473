package lime

import (
	"cmp"
	"time"

	"golang.org/x/time/rate"
)

const (
	maxEnvelope       = 256 << 10
	maxEnvelopeBefore = 16 << 10
)

// Limits keep one peer from costing too much. A zero field means its default.
type Limits struct {
	Envelope       int // bytes of an envelope; 256 KiB
	EnvelopeBefore int // the same before a session is established; 16 KiB
	Queue          int // envelopes that wait to be written before a sender waits; 64
	Backlog        int // envelopes that wait before the peer is too slow; 1024
	InFlight       int // commands of one session that are handled at once; 32
	Throughput     int // messages and requests a second of one session; 0 is as many as come
	Sessions       int // of one identity; 8
	Strangers      int // connections of one network that are not established; 32
	Connections    int // of all; 4096
	Subscriptions  int // of one session; 128
	Failures       int // failed logins of one network in a minute before they are slowed down; 30

	Establish time.Duration // until a session must be established; 30 s
	Handshake time.Duration // for the TLS handshake; 10 s
	Write     time.Duration // for what was sent to be taken by the network; 15 s
	Idle      time.Duration // of silence, until a ping is sent; 60 s
	Dead      time.Duration // of silence, until the session is finished; 150 s
	Grace     time.Duration // for commands under way when a session finishes; 5 s
}

func (l Limits) orDefault() Limits {
	l.Envelope = cmp.Or(l.Envelope, maxEnvelope)
	l.EnvelopeBefore = min(cmp.Or(l.EnvelopeBefore, maxEnvelopeBefore), l.Envelope)
	l.Queue = cmp.Or(l.Queue, 64)
	l.Backlog = max(cmp.Or(l.Backlog, 1024), l.Queue)
	l.InFlight = cmp.Or(l.InFlight, 32)
	l.Sessions = cmp.Or(l.Sessions, 8)
	l.Strangers = cmp.Or(l.Strangers, 32)
	l.Connections = cmp.Or(l.Connections, 4096)
	l.Subscriptions = cmp.Or(l.Subscriptions, 128)
	l.Failures = cmp.Or(l.Failures, 30)
	l.Establish = cmp.Or(l.Establish, 30*time.Second)
	l.Handshake = cmp.Or(l.Handshake, 10*time.Second)
	l.Write = cmp.Or(l.Write, 15*time.Second)
	l.Idle = cmp.Or(l.Idle, time.Minute)
	l.Dead = cmp.Or(l.Dead, 150*time.Second)
	l.Grace = cmp.Or(l.Grace, 5*time.Second)
	return l
}

// Quota is the limits as a peer may read them.
func (l Limits) Quota() Quota {
	l = l.orDefault()
	return Quota{Throughput: l.Throughput, MaxEnvelopeSize: l.Envelope, Threshold: l.Throughput * burst}
}

// What is over the throughput is refused; far over it ends the session.
const (
	burst = 3
	flood = 10
)

// throughput counts what a peer asks for.
type throughput struct{ fair, most *rate.Limiter }

func newThroughput(perSecond int) *throughput {
	if perSecond <= 0 {
		return nil
	}
	return &throughput{
		rate.NewLimiter(rate.Limit(perSecond), perSecond*burst),
		rate.NewLimiter(rate.Limit(perSecond*flood), perSecond*burst*flood),
	}
}

// allow says whether one more envelope is fair, and whether it can be borne.
func (t *throughput) allow() (fair, bearable bool) {
	if t == nil {
		return true, true
	}
	return t.fair.Allow(), t.most.Allow()
}
