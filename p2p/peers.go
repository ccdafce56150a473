package p2p

import "time"

// Role is what a peer is for.
type Role string

// The roles of peers.
const (
	MainRole Role = "main"    // our own node: a target too
	Target   Role = "target"  // it would be given a transaction now
	Watcher  Role = "watcher" // it would be watched for it
	Silent   Role = "silent"  // neither: it takes no transactions, so it announces none
)

// Peer describes a connection that is ready. What the peer says of itself is
// not checked.
type Peer struct {
	Addr      string        `json:"addr"` // host:port
	Agent     string        `json:"agent"`
	Height    int32         `json:"height"` // of the best block that it spoke of
	Services  uint64        `json:"services"`
	Protocol  uint32        `json:"protocol"`
	V2        bool          `json:"v2"`         // encrypted (BIP 324)
	Wtxid     bool          `json:"wtxid"`      // wtxidrelay (BIP 339)
	Relay     bool          `json:"relay"`      // it takes transactions
	FeeFilter int64         `json:"fee_filter"` // satoshis per 1,000 vbytes (BIP 133)
	RTT       time.Duration `json:"rtt_ns"`     // average, or the wait for the pong that is late
	Role      Role          `json:"role"`
	Since     time.Time     `json:"since"`
}

// Peers lists the connections that are ready: our own node first, then the
// fastest.
func (c *Client) Peers() []Peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	ranked := c.ranked()
	list := make([]Peer, len(ranked))
	targets := min(c.cfg.Targets, max(1, len(relaying(ranked))-1))
	for i, s := range ranked {
		p := s.describe()
		switch {
		case s.main:
			p.Role = MainRole
			targets--
		case !s.relays():
			p.Role = Silent
		case targets > 0:
			p.Role = Target
			targets--
		default:
			p.Role = Watcher
		}
		list[i] = p
	}
	return list
}

func (s *session) describe() Peer {
	return Peer{
		Addr: s.addr, Agent: s.agent, Height: s.height.Load(), Services: uint64(s.services), Protocol: s.pver, V2: s.v2, Wtxid: s.byWtxid,
		Relay: s.relay, FeeFilter: s.fee.Load(), RTT: s.rtt.estimate(), Since: s.since,
	}
}
