// Package lime speaks the LIME protocol (limeprotocol.org): JSON envelopes
// that carry messages, notifications and commands between nodes, over TCP,
// WebSocket or within a process.
//
// A [Server] lets nodes in, authenticates them, answers their commands from a
// [Mux] and routes what they send to each other. A [Dialer] makes one session
// with a server, a [Client] keeps one. Both ends of a session are a [Channel].
//
// What is read may be sloppy: an envelope that makes no sense is answered with
// a [Reason] where it has an id, and the session goes on. What is written is
// strict: no nulls, no empty fields, from and to always set by a server.
package lime

import "errors"

const (
	// Subprotocol is the WebSocket subprotocol of LIME.
	Subprotocol = "lime"
	// DefaultPort is the TCP port of LIME.
	DefaultPort = "55321"
	// Postmaster is the name under which a domain itself is addressed.
	Postmaster = "postmaster"
)

// Errors that are not answers of the other side; those are a *[Reason].
var (
	// ErrClosed says that the session is over.
	ErrClosed = errors.New("lime: the session is over")
	// ErrSlow says that the peer does not read what it is sent.
	ErrSlow = errors.New("lime: the peer does not read")
	// ErrNotJSON says that bytes are not one JSON object, which ends a session.
	ErrNotJSON = errors.New("lime: not a JSON object")
	// ErrTooLong says that an envelope is longer than the limit, which ends a session.
	ErrTooLong = errors.New("lime: the envelope is too long")
)
