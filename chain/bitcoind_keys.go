package chain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Keys asks listdescriptors, without private keys. A wallet that is encrypted,
// or is given more, has new ones, and keeps the old ones. A descriptor has a name for each
// way to write it: it is one wallet before and after an upgrade of the node that writes it
// otherwise, and one that a database knows by either name.
func (n *core) Keys(ctx context.Context) ([]string, error) {
	var answer struct {
		Descriptors []struct{ Desc string }
	}
	if err := n.ask(ctx, &answer, "listdescriptors", false); err != nil {
		return nil, err
	}
	var keys []string
	for _, d := range answer.Descriptors {
		text, _, _ := strings.Cut(d.Desc, "#") // its checksum
		for _, way := range spellings(text) {
			sum := sha256.Sum256([]byte(way))
			keys = append(keys, hex.EncodeToString(sum[:8]))
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%w: it has no descriptors", ErrNoWallet)
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// hardened is a hardened step of a derivation (BIP 380): 84' in Bitcoin Core up to 25, 84h
// since. What stands behind a slash is no part of an extended key, which may have the same
// letters.
var hardened = regexp.MustCompile(`(/(?:[0-9]+|\*))['h]`)

// spellings are the ways in which a descriptor may be written, as it is among them.
func spellings(desc string) []string {
	return []string{desc, hardened.ReplaceAllString(desc, "${1}'"), hardened.ReplaceAllString(desc, "${1}h")}
}
