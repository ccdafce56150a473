package component

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
)

const (
	nsReceipts   = "urn:xmpp:receipts"
	nsOriginID   = "urn:xmpp:sid:0"
	nsCorrect    = "urn:xmpp:message-correct:0"
	nsChatStates = "http://jabber.org/protocol/chatstates"
	nsHints      = "urn:xmpp:hints"
	nsFallback   = "urn:xmpp:fallback:0"
	nsReply      = "urn:xmpp:reply:0"
	nsEncryption = "urn:xmpp:eme:0"
)

// relays are payloads of messages that were not said to us, but are passed on
// or shown: archives, copies, rooms; or are about another message. What they
// hold is not a command.
var relays = map[string]bool{
	"urn:xmpp:forward:0":                      true,
	"urn:xmpp:carbons:2":                      true,
	"urn:xmpp:mam:2":                          true,
	"http://jabber.org/protocol/muc#user":     true,
	"jabber:x:conference":                     true,
	"http://jabber.org/protocol/pubsub#event": true,
	nsRetract:              true,
	nsRetractOld:           true,
	nsFasten:               true,
	"urn:xmpp:reactions:0": true,
}

// personal reports whether a message comes from a person to us alone. Servers
// and components are not answered: they might answer us, for ever.
func (q *Stanza) personal(domain string) bool {
	switch q.Type {
	case "", "chat", "normal":
		return local(q.From) != "" && !ours(q.From, domain)
	}
	return false
}

// fit reports whether a personal message may be a command. One without a body
// (a chat state, a receipt, a marker) never is.
func (q *Stanza) fit() bool {
	for _, c := range q.Children {
		if relays[c.Name.Space] {
			return false
		}
	}
	_, _, said := q.body()
	return said || q.encrypted()
}

// body is the one body that counts: that without a language, else that in
// the stanza's own, else the first; and never a second one (RFC 6121 §5.2.3).
func (q *Stanza) body() (text, lang string, ok bool) {
	var best *Element
	rank := 0
	for _, c := range q.Children {
		if c.Name.Local != "body" || c.Name.Space != "" || len(c.Children) > 0 {
			continue
		}
		r := 1
		switch l := c.Value("lang"); {
		case l == "":
			r = 3
		case strings.EqualFold(l, q.Lang):
			r = 2
		}
		if r > rank {
			best, rank = c, r
		}
	}
	if best == nil {
		return "", "", false
	}
	lang = best.Value("lang")
	if lang == "" {
		lang = q.Lang
	}
	text = strings.TrimSpace(q.unquoted(best.Text))
	return text, lang, text != ""
}

// encrypted reports whether there are words in an envelope that we cannot
// open. OMEMO also sends empty envelopes with keys alone (XEP-0384 §4.5).
func (q *Stanza) encrypted() bool {
	for _, e := range []*Element{
		q.childLike("eu.siacs.conversations.axolotl", "encrypted"),
		q.childLike("urn:xmpp:omemo:", "encrypted"),
	} {
		if e != nil && e.childLike(e.Name.Space, "payload") != nil {
			return true
		}
	}
	if q.childLike("urn:xmpp:openpgp:", "openpgp") != nil || q.Child("jabber:x:encrypted", "x") != nil {
		return true
	}
	// What else there is says so by name (XEP-0380), or begins as OTR does.
	text, _, said := q.body()
	return said && (q.Child(nsEncryption, "encryption") != nil || strings.HasPrefix(text, "?OTR"))
}

// key is the sender's own name for this message: its origin-id (XEP-0359),
// else its id.
func (q *Stanza) key() string {
	id := q.Child(nsOriginID, "origin-id").Value("id")
	if id == "" {
		id = q.ID
	}
	return short(id)
}

// stream is the client within which the key of q is unique, "" if it is unique
// for ever: an origin-id is (XEP-0359), and so is a UUID. Another id need not
// be unique beyond the client's stream (RFC 6120 §8.1.3), and there are clients
// that count from 1 at each login.
func (q *Stanza) stream() string {
	if q.Child(nsOriginID, "origin-id").Value("id") != "" || uuid.MatchString(q.ID) {
		return ""
	}
	return q.From
}

// uuid finds a UUID (RFC 9562), alone or beside other letters.
var uuid = regexp.MustCompile(`(?i)[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}`)

// edits is the id of the message that q corrects (XEP-0308).
func (q *Stanza) edits() string { return short(q.Child(nsCorrect, "replace").Value("id")) }

// short keeps an id to a length that can be stored. A long one becomes its hash.
func short(id string) string {
	if len(id) <= 128 {
		return id
	}
	return digest(id)
}

// digest is a short name for what parts say together.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:15]))
}
