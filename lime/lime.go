// Package lime has the values of the LIME protocol (limeprotocol.org): JSON envelopes
// that carry messages, notifications and commands between nodes.
//
// An [Envelope] is addressed to a [Node], name@domain/instance. It carries a [Document]:
// text, JSON of a [MediaType], or one of the types of this package. A [Command] asks for
// the resource of a [URI] by a [Method]; what goes wrong is a [Reason]. [Decode] and
// [Encode] read and write envelopes, which a [Transport] carries.
//
// Package [github.com/bitcoim/bitcoim/lime/limeclient] makes sessions with a server, and
// [github.com/bitcoim/bitcoim/lime/limeserver] is one.
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
