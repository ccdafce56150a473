package component

import "context"

// Stanza is one message, presence or iq, read whole. JIDs are opaque
// strings as the server sent them; only the gateway's own domain is parsed.
type Stanza struct {
	Kind string // "message", "presence" or "iq"
	From string // full JID
	User string // address.Bare of From: the key of the user's account and queue
	To   string
	At   string // local part of To, "" for the gateway itself
	ID   string
	Type string
	Lang string
	*Element

	then []func(context.Context)
}

// Then lets f run after q was answered: nobody shall see what came of a
// request before they read that it was done.
func (q *Stanza) Then(f func(ctx context.Context)) { q.then = append(q.then, f) }

// Answer is a service's answer to an iq: the payload of the result, nil for
// an empty result. An error is answered as a stanza error by its kind of fault.
type Answer = *Element

// Service answers iq requests with one payload.
type Service struct {
	Space, Local string // name of the payload
	Feature      string // to be listed in disco#info, "" for none
	Get, Set     func(ctx context.Context, c *Component, q *Stanza) (Answer, error)
}
