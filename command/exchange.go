package command

import (
	"time"

	"github.com/bitcoim/bitcoim/wallet"
)

// Request is one thing one user asks, through any door. Either Text is a
// line of chat, or Name is a command's name with its Args.
type Request struct {
	User string // bare JID of who asks, as the server normalised it
	// App asks in the user's name, with its own rights and budget; 0 is the
	// user in person.
	App wallet.AppID
	// Login is the number of the password with which the user's session entered,
	// 0 if it entered otherwise. A session of an earlier password is over.
	Login int64
	At    string // local part of the contact spoken to; "" is the gateway itself
	Text  string
	Name  string
	Args  map[string]string
	// ID is the client's own key for this request (origin-id or stanza id).
	// The same key with the same request has one effect and one answer.
	ID string
	// Stream is the client (a full JID) within which ID is unique, if it is so
	// only there and until it logs in again (RFC 6120 §8.1.3); "" for an ID that
	// never comes twice (XEP-0359).
	Stream string
	// Edits is the ID of an earlier request that this one corrects (XEP-0308).
	Edits string
	Lang  string    // xml:lang of the request, "" if it had none
	Sent  time.Time // when it was written, if it comes late (XEP-0203); else zero
}

// Reply is the answer as data. The door chooses words, form or JSON.
type Reply struct {
	Lines []Line
	// Copy are texts to be copied (an address, a URI), a line each, shown
	// after the lines.
	Copy []string
	// QR is what a picture should hold, "" for no picture.
	QR string
	// Next are commands that may follow, ready to be sent as they are.
	Next []Suggestion
	Lang string // language to answer in
	Unit string // unit to show amounts in
	// What changed for the user's roster, in order.
	Greet    []wallet.Contact // ask to be in the user's roster, with presence
	Part     []string         // leave the user's roster: local parts; "" is the gateway
	Presence bool             // what the user sees of us in the roster changed (balance, names)
	// Private replies hold a secret: no archive, and no other client of the
	// user's, shall have them.
	Private bool `json:",omitempty"`
}

// Line is a phrase of the i18n catalogue and what it needs.
type Line struct {
	Phrase string
	Args   map[string]any // strings, bools and int64
}

// Suggestion is a command that may follow.
type Suggestion struct {
	Text  string // "confirm k7fw", in the user's language
	Label string // phrase key of a button ("button.confirm")
}
