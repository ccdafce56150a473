package paymentorder

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// Letters are those of a code: none that is taken for another one.
const Letters = "abcdefghjkmnpqrstuvwxyz23456789"

// CodeLength is how many distinct letters a code has. A code guards against
// slips and replays; who may use it is decided by the JID.
const CodeLength = 4

// newCode draws distinct letters.
func newCode() (string, error) {
	left := []byte(Letters)
	var b strings.Builder
	for range CodeLength {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(left))))
		if err != nil {
			return "", err
		}
		i := int(n.Int64())
		b.WriteByte(left[i])
		left = append(left[:i], left[i+1:]...)
	}
	return b.String(), nil
}

// IsCode reports whether a word could be a code.
func IsCode(word string) bool {
	if len(word) != CodeLength {
		return false
	}
	return strings.Trim(word, Letters) == ""
}
