package bip353

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Write writes the records of all entries, sorted by name, so that two runs
// can be compared. Two records of one name would make both invalid (BIP 353,
// Resolution), so a name that is there twice is an error, and nothing was
// written then.
func Write(w io.Writer, domain string, ttl time.Duration, entries []Entry) error {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	lines := make([]string, len(sorted))
	for i, e := range sorted {
		if i > 0 && sorted[i-1].Name == e.Name {
			return fmt.Errorf("bip353: %s is there twice", e.Name)
		}
		var err error
		if lines[i], err = Record(domain, ttl, e); err != nil {
			return err
		}
	}
	b := bufio.NewWriter(w)
	for _, line := range lines {
		_, _ = b.WriteString(line + "\n") // Flush tells
	}
	return b.Flush()
}
