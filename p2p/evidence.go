package p2p

import (
	"fmt"
	"slices"
	"time"
)

// Level is how much is known about where a transaction went. A level is
// reached by its own evidence; none is assumed from another.
type Level uint8

// The levels, from nothing to all. Mined comes from a block that was read
// here, or from SetMined; all others are what peers did.
const (
	Queued    Level = iota // nobody was told yet
	Sent                   // announced or handed over, to a peer that may not have read it
	Delivered              // a peer read it: it answered a ping that came after it
	Requested              // a peer asked for it and was given it
	Seen                   // peers that we gave nothing to announce it
	Mined                  // it is in a block
)

var levels = [...]string{"queued", "sent", "delivered", "requested", "seen", "mined"}

func (l Level) String() string {
	if int(l) < len(levels) {
		return levels[l]
	}
	return fmt.Sprintf("level %d", uint8(l))
}

// ParseLevel is the opposite of String.
func ParseLevel(s string) (Level, error) {
	if i := slices.Index(levels[:], s); i >= 0 {
		return Level(i), nil
	}
	return 0, fmt.Errorf("%w: no level %q, only %v", ErrUsage, s, levels)
}

// MarshalText writes the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the level's name.
func (l *Level) UnmarshalText(b []byte) (err error) {
	*l, err = ParseLevel(string(b))
	return err
}

// Report is all the evidence for one transaction. It can be stored as JSON and
// given to Resume after a restart.
type Report struct {
	Txid  string `json:"txid"`
	Wtxid string `json:"wtxid"`
	Mode  Mode   `json:"mode"`
	Level Level  `json:"level"`

	// How many peers. Groups are the network neighbourhoods of those that saw
	// it: addresses of one /16, or /32 for IPv6, are one.
	Sent      int `json:"sent"`
	Delivered int `json:"delivered"`
	Requested int `json:"requested"`
	Seen      int `json:"seen"`
	Groups    int `json:"groups"`
	// Watching are the peers that relay and were given nothing: if there are
	// none, nobody is left to see it.
	Watching int `json:"watching"`

	Queued         time.Time `json:"queued"`
	FirstSent      time.Time `json:"first_sent,omitzero"`
	FirstDelivered time.Time `json:"first_delivered,omitzero"`
	FirstRequested time.Time `json:"first_requested,omitzero"`
	FirstSeen      time.Time `json:"first_seen,omitzero"`

	Mined      *Place      `json:"mined,omitempty"`
	Trouble    string      `json:"trouble,omitempty"`    // why it is not sent, or what came between the last time
	Conflict   string      `json:"conflict,omitempty"`   // txid of another that spends the same coins, as a peer says
	Rejections []Rejection `json:"rejections,omitempty"` // at most one of each peer
	Given      []string    `json:"given,omitempty"`      // peers that we announced it or gave it to: they prove nothing
	SeenBy     []string    `json:"seen_by,omitempty"`
}

// Place is where a transaction was mined.
type Place struct {
	Block  string `json:"block"`
	Height int32  `json:"height"` // 0 if it is not known
}

// Rejection is what one peer said against a transaction (BIP 61). Bitcoin Core
// says nothing since 0.20, so silence is no consent.
type Rejection struct {
	Peer   string `json:"peer"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// report is called with the client's lock held.
func (b *Broadcast) report() Report {
	r := b.story
	r.Level = b.level()
	r.Delivered, r.Requested = max(r.Delivered, b.delivered), max(r.Requested, b.requested)
	r.Given, r.SeenBy, r.Rejections = nil, nil, slices.Clone(b.story.Rejections)
	groups := map[string]bool{}
	for addr, e := range b.exposures {
		if e.exposed {
			r.Given = append(r.Given, addr)
		}
	}
	for addr := range b.seen {
		r.SeenBy = append(r.SeenBy, addr)
		groups[group(addr)] = true
	}
	slices.Sort(r.Given)
	slices.Sort(r.SeenBy)
	r.Groups, r.Watching = len(groups), b.watching()
	if b.story.Mined != nil {
		place := *b.story.Mined
		r.Mined = &place
	}
	return r
}

// watching counts who could announce it and was given nothing. The client's
// lock is held.
func (b *Broadcast) watching() (n int) {
	for _, s := range relaying(b.c.ranked()) {
		if e := b.exposures[s.addr]; e == nil || !e.exposed {
			n++
		}
	}
	return n
}

// level is called with the client's lock held.
func (b *Broadcast) level() Level {
	switch s := &b.story; {
	case s.Mined != nil:
		return Mined
	case s.Seen >= b.want.minSeen:
		return Seen
	case s.Requested+b.requested > 0:
		return Requested
	case s.Delivered+b.delivered > 0:
		return Delivered
	case s.Sent > 0:
		return Sent
	}
	return Queued
}

// reached reports whether there is evidence for a level: its own, or that the
// network has the transaction. That a peer asked does not say that it read the
// answer, and what is handed over unasked is never requested.
func (r Report) reached(l Level) bool {
	switch {
	case l <= Queued || r.Level >= max(l, Seen):
		return true
	case l == Sent:
		return r.Sent > 0
	case l == Delivered:
		return r.Delivered > 0
	case l == Requested:
		return r.Requested > 0
	}
	return false
}

// String is the report in a few words, for people.
func (r Report) String() string {
	switch r.Level {
	case Mined:
		return fmt.Sprintf("in block %d", r.Mined.Height)
	case Queued:
		if r.Trouble != "" {
			return "not sent yet: " + r.Trouble
		}
		return "not sent yet"
	}
	return fmt.Sprintf("sent to %d nodes, %d asked for it, %d read it, %d others relay it", r.Sent, r.Requested, r.Delivered, r.Seen)
}
