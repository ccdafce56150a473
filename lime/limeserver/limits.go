package limeserver

import (
	"cmp"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/channel"
)

// maxEnvelopeBefore is how long an envelope of a stranger may be, in bytes.
const maxEnvelopeBefore = 16 << 10

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
	s := l.session()
	l.Envelope, l.Queue, l.Backlog, l.InFlight = s.Envelope, s.Queue, s.Backlog, s.InFlight
	l.Write, l.Idle, l.Dead, l.Grace = s.Write, s.Idle, s.Dead, s.Grace
	l.EnvelopeBefore = min(cmp.Or(l.EnvelopeBefore, maxEnvelopeBefore), l.Envelope)
	l.Sessions = cmp.Or(l.Sessions, 8)
	l.Strangers = cmp.Or(l.Strangers, 32)
	l.Connections = cmp.Or(l.Connections, 4096)
	l.Subscriptions = cmp.Or(l.Subscriptions, 128)
	l.Failures = cmp.Or(l.Failures, 30)
	l.Establish = cmp.Or(l.Establish, 30*time.Second)
	l.Handshake = cmp.Or(l.Handshake, 10*time.Second)
	return l
}

// Quota is the limits as a peer may read them.
func (l Limits) Quota() lime.Quota {
	l = l.orDefault()
	return lime.Quota{Throughput: l.Throughput, MaxEnvelopeSize: l.Envelope, Threshold: l.Throughput * channel.Burst}
}

// session are those of an established session; all are set, here or by default.
func (l Limits) session() channel.Limits {
	return channel.Limits{Envelope: l.Envelope, Queue: l.Queue, Backlog: l.Backlog, InFlight: l.InFlight, Throughput: l.Throughput,
		Write: l.Write, Idle: l.Idle, Dead: l.Dead, Grace: l.Grace}.OrDefault()
}
