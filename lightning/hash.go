package lightning

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ParseHash reads a payment hash from 64 hexadecimal digits.
func ParseHash(text string) (h Hash, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("lightning: %.80q is no payment hash", text)
	}
	return Hash(b), nil
}

// Hash is what the preimage proves.
func (p Preimage) Hash() Hash { return sha256.Sum256(p[:]) }

// Hex is the preimage in hexadecimal, to be kept where no stranger reads.
func (p Preimage) Hex() string { return hex.EncodeToString(p[:]) }
