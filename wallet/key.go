package wallet

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Key is what a request is known by when it comes again: the client's ID together with
// all that was asked. What says something else is another request, whatever its ID,
// because whoever repeats a stanza (a server, an archive, a resumed stream) repeats its
// words.
//
// An ID that is unique for ever is believed as long as keys are kept. One that a client
// counts up from 1 at each login is believed while an order would wait for its code:
// after that the old answer is of no use to anybody, and the same words are a new wish.
// Money is safe in either case, for it moves by a code, once.
type Key struct {
	ID string // of the client's own, as Fit makes it; "" for none
	// Stream is the client (a full JID) within which ID is unique, if it is so only there
	// and until it logs in again (RFC 6120 §8.1.3); "" for an ID that never comes twice.
	Stream string
	Asked  string // Fingerprint of the request
	Looked bool   // somebody has looked for an earlier answer, and there was none
}

// Fit makes a client's key one that every database can keep: what is long, or
// holds what is no text, is known by its hash.
func Fit(id string) string {
	if len(id) <= 256 && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "#" + hex.EncodeToString(sum[:])
}

// Fingerprint is what must be equal for two requests to be the same: a hash of all that
// they ask, which survives JSON.
func Fingerprint(asked ...any) string {
	text, _ := json.Marshal(asked) // these always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// spent is a key as the database keeps it: of whom, and since when it counts, in seconds.
type spent struct {
	jid, key, asked string
	since, now      int64
}

func (s *Service) spent(by Caller) spent {
	k := spent{jid: by.JID, asked: by.Key.Asked, now: by.Now}
	if by.Key.ID == "" { // no key of the client's: one of ours, to find the outcome of the commit
		k.key = "-" + rand.Text()
		return k
	}
	if by.Key.Stream != "" {
		k.since = by.Now - s.Policy.Limits.TTL
	}
	k.key = by.Key.ID + " " + by.Key.Asked
	return k
}
