package wallet

import "github.com/bitcoim/bitcoim/fault"

// Who opens an account, and who closes it.
var (
	// ErrRegisterClosed is the fault of who may not open an account, by the operator's rules.
	ErrRegisterClosed = fault.Define(fault.NotAllowed, "register.closed")
	// ErrNotEmpty is the fault of closing an account on which there is a {balance}, or on
	// its way, where that would be left behind unsaid.
	ErrNotEmpty = fault.Define(fault.Conflict, "unregister.not-empty")
	// ErrNoName is the fault of a user who has no name, for what needs one. {register} is the
	// command by which they choose one.
	ErrNoName = fault.Define(fault.Invalid, "register.choose")
)
