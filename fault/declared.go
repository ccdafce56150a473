package fault

import "errors"

// Define declares a fault on which somebody decides: errors.Is(err, ErrX) finds it,
// whatever its arguments, its cause and its kind. The phrase is for people and may be
// renamed: nobody compares it. A phrase is declared once, in a variable of the package
// whose noun it is, and made in no other way then.
func Define(kind Kind, phrase string) *Error {
	e := New(kind, phrase, nil)
	e.declared = e
	return e
}

// With is the declared fault with what its phrase needs.
func (e *Error) With(args Args) *Error {
	made := *e
	made.Args = args
	return &made
}

// Because is the declared fault with its cause.
func (e *Error) Because(cause error) *Error {
	made := *e
	made.Cause = cause
	return &made
}

// OfKind is the declared fault, of another kind this time.
func (e *Error) OfKind(kind Kind) *Error {
	made := *e
	made.Kind = kind
	return &made
}

// Group is faults on which somebody decides together, such as all limits:
// errors.Is(err, group) finds each. A fault is in one group at most.
type Group struct{ of string }

// NewGroup is a group of faults that say something of one matter.
func NewGroup(of string) *Group { return &Group{of} }

func (g *Group) Error() string { return "a fault of " + g.of }

// New makes a fault of the group on which nobody decides alone.
func (g *Group) New(kind Kind, phrase string, args Args) *Error {
	e := New(kind, phrase, args)
	e.group = g
	return e
}

// Define declares a fault of the group.
func (g *Group) Define(kind Kind, phrase string) *Error {
	e := Define(kind, phrase)
	e.group = g
	return e
}

// Is reports whether the fault is the one that target declares, or of the group that it
// is: for errors.Is.
func (e *Error) Is(target error) bool {
	switch t := target.(type) {
	case *Error:
		return e.declared != nil && e.declared == t
	case *Group:
		return e.group != nil && e.group == t
	}
	return false
}

// Unwrap is the cause, without the faults in it. A fault that was made of another one
// replaces it: what an app or a stranger must not hear, no door can decide on.
func (e *Error) Unwrap() error {
	if e.Cause == nil {
		return nil
	}
	return replaced{e.Cause}
}

type replaced struct{ error }

func (r replaced) Is(target error) bool {
	switch target.(type) {
	case *Error, *Group:
		return false
	}
	return errors.Is(r.error, target)
}

func (r replaced) As(target any) bool { return errors.As(r.error, target) }
