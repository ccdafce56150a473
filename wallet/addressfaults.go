package wallet

import "github.com/bitcoim/bitcoim/fault"

// What keeps an address from being made, labelled or hidden.
var (
	// ErrNotYours is the fault of an {address} that is none of the user's.
	ErrNotYours = fault.Define(fault.NotFound, "address.not-yours")
	// ErrManyAddresses is the fault of a user with {n} addresses that nobody paid to.
	ErrManyAddresses = fault.Define(fault.NotAllowed, "address.too-many")
	// ErrManyHidden is the fault of a user who hid {n} of those.
	ErrManyHidden = fault.Define(fault.NotAllowed, "address.too-hidden")
)
