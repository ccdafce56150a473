package address

import "github.com/bitcoim/bitcoim/fault"

// What is wrong with an address, on which callers decide. Each needs {address}.
var (
	// ErrInvalid is the fault of a text that is no address at all. A caller may read
	// it as something else.
	ErrInvalid = fault.Define(fault.Invalid, "address.invalid")
	// ErrMistyped is the fault of an address whose checksum is wrong. It is to be said
	// to who wrote it: they meant an address.
	ErrMistyped = fault.Define(fault.Invalid, "address.mistyped")
	// ErrMisplaced is ErrMistyped with the first letter that is certainly wrong, by
	// {letter} and {at}, from 1.
	ErrMisplaced = fault.Define(fault.Invalid, "address.misplaced")
	// ErrOtherNetwork is the fault of a good address of another network, {other} in place
	// of {network}. Nothing may be paid to it.
	ErrOtherNetwork = fault.Define(fault.Invalid, "address.other-network")
)

// ErrURI is all that is wrong with a payment link but its address. It says nothing but
// what was in the link.
var ErrURI = fault.NewGroup("a payment link")
