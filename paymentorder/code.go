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

// A user has one order for each code, for good. Of somebody who has had
// hundreds of thousands of orders the short codes are used up, so that after so
// many that are taken a longer one is drawn, and then one that is longer still.
const codeTries = 10

// newCode draws distinct letters.
func newCode(length int) (string, error) {
	left := []byte(Letters)
	var b strings.Builder
	for range length {
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
	return len(word) >= CodeLength && len(word) <= CodeLength+2 && strings.Trim(word, Letters) == ""
}
