package app

import "github.com/bitcoim/bitcoim/fault"

// What an app may not do. Each needs {app}, as its user calls it.
var (
	// ErrUnknown is the fault of an app that there is none of. Who asks in its name is
	// nobody.
	ErrUnknown = fault.Define(fault.NotFound, "app.unknown")
	// ErrOver is the fault of an app that was taken away, or whose time is over. Its user
	// may link it anew.
	ErrOver = fault.Define(fault.NotAllowed, "app.over")
	// ErrPaused is the fault of an app that its user has paused. The same works when they
	// let it again.
	ErrPaused = fault.Define(fault.NotAllowed, "app.is-paused")
	// ErrReceivesOnly is the fault of an app that wants to pay and may not.
	ErrReceivesOnly = fault.Define(fault.NotAllowed, "app.receives-only")
)
