// Package fault says why a request could not be met: a kind that machines
// act on, a phrase key that people read, and the cause for the log. A fault that
// means more to some machine than its kind is a declared value.
package fault

import (
	"errors"
	"fmt"
)

// Kind is why a request could not be met. Doors map kinds, never messages.
type Kind uint8

const (
	Internal          Kind = iota // ours; the user sees a reference, the log sees the cause
	Invalid                       // the request makes no sense; change it and try again
	NotFound                      // no such user, order or address
	NotAllowed                    // you may not
	Conflict                      // too late, or already done
	InsufficientFunds             // not enough money
	Unavailable                   // a node or server is away, or busy; the same request may work soon
)

// Kinds lists every kind, for tables that must name them all.
var Kinds = []Kind{Internal, Invalid, NotFound, NotAllowed, Conflict, InsufficientFunds, Unavailable}

var names = map[Kind]string{
	Internal: "internal", Invalid: "invalid", NotFound: "not found", NotAllowed: "not allowed",
	Conflict: "conflict", InsufficientFunds: "insufficient funds", Unavailable: "unavailable",
}

func (k Kind) String() string { return names[k] }

// Args are what a phrase needs, by name: strings, bools and int64 only, so
// that they survive JSON. How a value is shown (money, date) is said by the
// placeholder in the phrase, not by its type.
type Args = map[string]any

// Error is a fault: Phrase is a key of the i18n catalogue, for who says it.
type Error struct {
	Kind   Kind
	Phrase string
	Args   Args
	Cause  error

	declared *Error // what Define returned; nil: nobody decides on it
	group    *Group
}

// New makes a fault that has no deeper cause and on which nobody decides. One on which
// somebody does is declared (Define).
func New(kind Kind, phrase string, args Args) *Error {
	return &Error{Kind: kind, Phrase: phrase, Args: args}
}

// Wrap classifies cause where it is understood.
func Wrap(cause error, kind Kind, phrase string, args Args) *Error {
	return &Error{Kind: kind, Phrase: phrase, Args: args, Cause: cause}
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s (%s): %v", e.Phrase, e.Kind, e.Cause)
	}
	if len(e.Args) > 0 {
		return fmt.Sprintf("%s (%s) %v", e.Phrase, e.Kind, e.Args)
	}
	return fmt.Sprintf("%s (%s)", e.Phrase, e.Kind)
}

// Of returns the fault in err's chain. What nobody classified is Internal,
// and its text is not for users.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Phrase: "fault.internal", Cause: err}
}

// Is reports whether err is a fault of the given kind.
func Is(err error, kind Kind) bool { return err != nil && Of(err).Kind == kind }
