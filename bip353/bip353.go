// Package bip353 writes the DNS records that make a name a Bitcoin address
// (BIP 353, "DNS payment instructions"): one TXT record for each user with
// a payment URI (BIP 321) in it. It looks nothing up, and holds no names.
//
// What goes into such a URI must outlive the caches of resolvers. An invoice
// of BOLT 11 does not: it can be paid once, and for an hour. An address on
// the chain does, but should be rotated once it was paid to (BIP 353, address
// reuse), so a zone that has them is written again every so often, with a
// short time to live. A wallet that wants Lightning falls back to the
// Lightning Address, which is the same name (BIP 353, backwards
// compatibility).
//
// Wallets believe such records only in a zone that is signed (DNSSEC), which
// is the name server's affair.
package bip353

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/address"
)

// Entry is what a name stands for.
type Entry struct {
	Name string // a username, such as alice
	URI  string // bitcoin:...
}

// DefaultTTL is short, so that a rotated address is seen soon.
const DefaultTTL = 30 * time.Minute

// Longest in bytes: a character-string of DNS (RFC 1035 §3.3), its label and
// name (§2.3.4), and what we put into one record. An answer of more than 1232
// bytes does not go through all networks in one piece.
const (
	longestString = 255
	longestLabel  = 63
	longestName   = 253
	longestURI    = 1000
)

// Record is the line of a zone file (RFC 1035 §5.1) for one entry, without
// its line end. Errors are for the operator.
func Record(domain string, ttl time.Duration, e Entry) (string, error) {
	owner, err := Owner(domain, e.Name)
	if err != nil {
		return "", err
	}
	strs, err := Strings(e.URI)
	if err != nil {
		return "", fmt.Errorf("%s: %w", e.Name, err)
	}
	seconds := int64(ttl / time.Second)
	if seconds < 1 || seconds > 1<<31-1 {
		return "", fmt.Errorf("bip353: a time to live of %s", ttl)
	}
	for i, s := range strs {
		strs[i] = quote(s)
	}
	return fmt.Sprintf("%s. %d IN TXT %s", owner, seconds, strings.Join(strs, " ")), nil
}

// Owner is where the record of a name is (BIP 353, Records):
// name.user._bitcoin-payment.domain, without a dot at the end. A domain in
// other letters is given in its ASCII form (xn--...).
func Owner(domain, name string) (string, error) {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if !isDomain(domain) {
		return "", fmt.Errorf("bip353: %q is not a domain", domain)
	}
	if err := address.ValidUsername(name); err != nil {
		return "", fmt.Errorf("bip353: %q is not a username: %w", name, err)
	}
	owner := name + ".user._bitcoin-payment." + domain
	if len(owner) > longestName {
		return "", fmt.Errorf("bip353: %s is too long for DNS", owner)
	}
	return owner, nil
}

// Strings cuts a payment URI into what a TXT record holds: up to 255 bytes
// each, which resolvers join again in this order.
func Strings(uri string) ([]string, error) {
	switch {
	case !address.IsURI(uri):
		return nil, errors.New("bip353: not a payment URI")
	case len(uri) > longestURI:
		return nil, fmt.Errorf("bip353: a payment URI of %d bytes, and more than %d do not go through all networks", len(uri), longestURI)
	case !utf8.ValidString(uri) || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return nil, errors.New("bip353: a payment URI has only printable ASCII, the rest is escaped")
	}
	var all []string
	for len(uri) > longestString {
		all = append(all, uri[:longestString])
		uri = uri[longestString:]
	}
	return append(all, uri), nil
}

// quote writes a character-string for a zone file (RFC 1035 §5.1).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func isDomain(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > longestLabel || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return strings.Contains(domain, ".")
}
