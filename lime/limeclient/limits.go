package limeclient

import (
	"cmp"
	"time"

	"github.com/bitcoim/bitcoim/lime/internal/channel"
)

// Limits keep a server from costing too much. A zero field means its default.
type Limits struct {
	Envelope int // bytes of an envelope; 256 KiB
	Queue    int // envelopes that wait to be written before a sender waits; 64
	Backlog  int // envelopes that wait before the server is too slow; 1024
	InFlight int // commands of the server that are handled at once; 32

	Establish time.Duration // until a session must be established; 30 s
	Handshake time.Duration // for the TLS handshake; 10 s
	Write     time.Duration // for what was sent to be taken by the network; 15 s
	Idle      time.Duration // of silence, until a ping is sent; 60 s
	Dead      time.Duration // of silence, until the session is ended; 150 s
	Grace     time.Duration // for commands under way when a session finishes; 5 s
}

func (l Limits) orDefault() Limits {
	s := l.session()
	l.Envelope, l.Queue, l.Backlog, l.InFlight = s.Envelope, s.Queue, s.Backlog, s.InFlight
	l.Write, l.Idle, l.Dead, l.Grace = s.Write, s.Idle, s.Dead, s.Grace
	l.Establish = cmp.Or(l.Establish, 30*time.Second)
	l.Handshake = cmp.Or(l.Handshake, 10*time.Second)
	return l
}

// session are those of an established session; all are set, here or by default.
func (l Limits) session() channel.Limits {
	return channel.Limits{Envelope: l.Envelope, Queue: l.Queue, Backlog: l.Backlog, InFlight: l.InFlight,
		Write: l.Write, Idle: l.Idle, Dead: l.Dead, Grace: l.Grace}.OrDefault()
}
