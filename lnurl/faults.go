package lnurl

import "github.com/bitcoim/bitcoim/fault"

// ErrLNURL is every fault of this package. It says nothing but what was written, and
// what the service behind it answered.
var ErrLNURL = fault.NewGroup("an LNURL")

var (
	// ErrRange is the fault of an amount that the offer does not take, with the {min} and
	// {max} in msat that it does.
	ErrRange = ErrLNURL.Define(fault.Invalid, "lnurl.range")
	// ErrComment is the fault of a longer note than the offer takes, which is {max}
	// characters. The same may be asked without it.
	ErrComment = ErrLNURL.Define(fault.Invalid, "lnurl.comment")
	// ErrWrongNetwork is the fault of an invoice of another network. It may not be paid.
	ErrWrongNetwork = ErrLNURL.Define(fault.Invalid, "lnurl.wrong-network")
)
