package lime

import (
	"crypto/rand"
	"encoding/hex"
)

// NewID makes a random id, of 128 bits in hexadecimal.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
