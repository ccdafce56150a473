package useraccount

import "github.com/bitcoim/bitcoim/fault"

var (
	// ErrUnknown is the fault of a number, a JID or a name that nobody has. A stranger
	// may have none, so it is often no mistake.
	ErrUnknown = fault.Define(fault.NotFound, "user.unknown")
	// ErrClosed is the fault of an account whose user has left meanwhile. Nothing may be
	// done for it.
	ErrClosed = fault.Define(fault.NotAllowed, "user.closed")
	// ErrNotRegistered is the fault of who has no account and asks for what needs one.
	// It says by {register} how to open one.
	ErrNotRegistered = fault.Define(fault.NotAllowed, "user.not-registered")
	// ErrSuspended is the fault of a user whom an operator lets send nothing, for {reason}.
	// Apps do not hear the reason. As a Conflict it says that the suspension is another
	// one than the operator saw.
	ErrSuspended = fault.Define(fault.NotAllowed, "user.suspended")
	// ErrNameTaken is the fault of a {name} that another has, or had until lately.
	ErrNameTaken = fault.Define(fault.Conflict, "name.taken")
	// ErrManyDelegations is the fault of a user who lets {most} others speak for them
	// already. One of them may be taken away.
	ErrManyDelegations = fault.Define(fault.Conflict, "delegation.many")
)
