package p2p

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

const (
	oldest    = 70001 // the lowest protocol version that is spoken with: it can be told to relay or not (BIP 37)
	prologue  = 64    // messages that a peer may send before its verack
	neverFee  = 20_000_000
	anonymous = "/pynode:0.0.1/" // as Bitcoin Core calls itself when it hides who broadcasts
)

// introduce exchanges versions. wtxidrelay and sendaddrv2 belong between
// version and verack (BIPs 339 and 155).
func (s *session) introduce() error {
	nonce := s.c.nonces.fresh()
	defer s.c.nonces.forget(nonce)
	if err := s.say(s.versionMessage(nonce)); err != nil {
		return err
	}
	m, err := s.next()
	if err != nil {
		return err
	}
	v, ok := m.(*wire.MsgVersion)
	if !ok {
		return hostile("%s before a version", m.Command())
	}
	if s.c.nonces.ours(v.Nonce) {
		return hostile("it is ourselves")
	}
	if v.ProtocolVersion < oldest {
		return fmt.Errorf("its protocol %d is too old", v.ProtocolVersion)
	}
	s.agent, s.services, s.relay = printable(v.UserAgent), v.Services, !v.DisableRelayTx
	s.pver = min(version, uint32(v.ProtocolVersion))
	s.height.Store(max(0, v.LastBlock))

	words := []wire.Message{wire.NewMsgVerAck()}
	if s.pver >= wire.AddrV2Version {
		words = []wire.Message{wire.NewMsgSendAddrV2(), wire.NewMsgVerAck()}
		if !s.c.cfg.Txids {
			words = append([]wire.Message{wire.NewMsgWTxIdRelay()}, words...)
		}
	}
	if err := s.say(words...); err != nil {
		return err
	}
	for range prologue {
		m, err := s.next()
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *wire.MsgWTxIdRelay:
			s.byWtxid = !s.c.cfg.Txids // it takes both to say so
		case *wire.MsgFeeFilter:
			s.fee.Store(m.MinFee)
		case *wire.MsgVersion:
			return hostile("a second version")
		case *wire.MsgVerAck:
			return nil
		}
	}
	return hostile("%d messages and no verack", prologue)
}

// next reads the next message that matters.
func (s *session) next() (wire.Message, error) {
	for range prologue {
		command, payload, err := s.frames.read(func(c string) int {
			switch c {
			case wire.CmdVersion, wire.CmdVerAck, wire.CmdWTxIdRelay, wire.CmdSendAddrV2, wire.CmdFeeFilter:
				return limits[c]
			}
			return -1
		})
		if err != nil {
			return nil, err
		}
		if payload != nil {
			return decode(command, payload, version)
		}
	}
	return nil, hostile("%d messages and no version", prologue)
}

// say writes messages before the writer of the session runs.
func (s *session) say(messages ...wire.Message) error {
	for _, m := range messages {
		if err := s.frames.write(m, wire.WitnessEncoding); err != nil {
			return err
		}
	}
	return s.frames.flush()
}

// versionMessage tells nothing about where we are. We have no blocks to give,
// so the only service is that we understand witnesses: btcd asks for
// transactions without them otherwise.
func (s *session) versionMessage(nonce uint64) *wire.MsgVersion {
	nobody := wire.NewNetAddressIPPort(net.IPv6zero, 0, 0)
	v := wire.NewMsgVersion(nobody, nobody, nonce, 0)
	v.ProtocolVersion = int32(version)
	v.UserAgent = s.c.cfg.Agent
	if s.c.segwit() {
		v.Services = wire.SFNodeWitness
	}
	if s.private {
		v.UserAgent, v.DisableRelayTx, v.Timestamp = anonymous, true, time.Now().Truncate(time.Minute)
	}
	return v
}

// segwit reports whether the network has witnesses.
func (c *Client) segwit() bool { return c.cfg.Params.Bech32HRPSegwit != "" }

// printable is text of a peer that can be shown and logged.
func printable(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b[:min(len(b), 256)])
}

// nonces are of the versions that we sent and that were not answered: who
// sends one is ourselves.
type nonces struct {
	mu  sync.Mutex
	set map[uint64]bool
}

func (n *nonces) fresh() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	nonce := binary.LittleEndian.Uint64(b[:])
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.set == nil {
		n.set = map[uint64]bool{}
	}
	n.set[nonce] = true
	return nonce
}

func (n *nonces) ours(nonce uint64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.set[nonce]
}

func (n *nonces) forget(nonce uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.set, nonce)
}
