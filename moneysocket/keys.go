package moneysocket

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Seed is the secret that both sides of a link share. Whoever has it can join
// and read. A seed is for one link, and for one generation of the protocol: in
// the draft v1 the rendezvous of a seed, which is sent in clear, is the v0 key.
type Seed [16]byte

// NewSeed returns a fresh random seed.
func NewSeed() Seed {
	var s Seed
	_, _ = rand.Read(s[:]) // never fails (crypto/rand)
	return s
}

// ParseSeed reads 32 hex digits.
func ParseSeed(text string) (Seed, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(Seed{}) {
		return Seed{}, fmt.Errorf("a shared seed is 32 hex digits")
	}
	return Seed(b), nil
}

// String hides the seed: it is a secret, and logs are read by many. Hex shows it.
func (s Seed) String() string { return "seed of " + string(s.Rendezvous())[:8] }

// Hex returns the seed as 32 hex digits. It is a secret.
func (s Seed) Hex() string { return hex.EncodeToString(s[:]) }

// Key returns the AES-256 key of the seed: SHA256 of SHA256.
func (s Seed) Key() [32]byte { return twice(s[:]) }

// Rendezvous returns the name under which both sides of the seed meet. It is
// sent in clear and says nothing about the key.
func (s Seed) Rendezvous() RendezvousID {
	key := s.Key()
	id := twice(key[:])
	return RendezvousID(hex.EncodeToString(id[:]))
}

// RendezvousID is 64 hex digits. Relays compare it as text: capitals are
// another rendezvous.
type RendezvousID string

func twice(b []byte) [32]byte {
	once := sha256.Sum256(b)
	return sha256.Sum256(once[:])
}

// newUUID returns a random UUID (RFC 9562 version 4) in lower case.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
