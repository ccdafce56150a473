// Package outbox keeps what must be told to users. A notice is written in
// the transaction that made it true and told at least once.
package outbox

import "errors"

// ErrAway is what a door says that cannot reach its users for now. It knows why, and
// has said so itself.
var ErrAway = errors.New("outbox: no way to the users")

// Notice is one thing to tell one user.
type Notice struct {
	ID     int64          // also makes the stanza id, so that a repeat can be recognised
	User   string         // bare JID
	From   string         // local part of the contact that says it; "" is the gateway itself
	Phrase string         // key of the i18n catalogue
	Args   map[string]any // strings, bools and int64
	Lang   string         // language of the user, "" for the default
	Unit   string         // unit the user wants amounts in ("sat", "btc", ...)
	// Next are lines the user may answer with ("confirm k7fw").
	Next []string
	// Balance asks the door to show the new balance in the presence, too.
	Balance bool
	// Edits is the id of an earlier notice that this one replaces (XEP-0308), or 0.
	Edits int64
}
