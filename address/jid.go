package address

import "strings"

// SplitJID cuts a JID into its parts, as they stand (RFC 7622 §3.1): the
// resource begins after the first slash, and before it the domain after the
// first at-sign. It checks nothing; parts that are not there are empty.
func SplitJID(jid string) (local, domain, resource string) {
	bare, resource, _ := strings.Cut(jid, "/")
	if local, domain, ok := strings.Cut(bare, "@"); ok {
		return local, domain, resource
	}
	return "", bare, resource
}

// Bare returns the bare JID of jid, folded: the key of a user. It folds the
// ASCII letters and nothing else.
//
// Every server folds those, so no two users differ in them. Beyond ASCII the
// server that authenticated a user has the only say: it has prepared the
// "from" of a stanza already, by a profile and a Unicode version that we do
// not know. To fold more than it did could give one user's money to
// another (U+1C90 and U+10D0 are two names under nodeprep and one in today's
// Unicode), and NFKC even makes new at-signs and slashes (U+FF20, U+2100).
func Bare(jid string) string {
	bare, _, _ := strings.Cut(jid, "/")
	return Fold(bare)
}

// Fold makes ASCII capitals small, and nothing else: domains, local parts and
// usernames that are equal after it are equal for every server. Bytes of other
// characters are never ASCII, so this is right for any string.
func Fold(s string) string {
	out := []byte(s)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + ('a' - 'A')
		}
	}
	return string(out)
}
