package command

import "github.com/bitcoim/bitcoim/fault"

// Whom a payment or a request is for.
var (
	// ErrNobody is the fault of {who}, a name that nobody has.
	ErrNobody = fault.Define(fault.NotFound, "pay.unknown")
	// ErrOutsideJID is the fault of {who}, which is somebody of another server than {domain}
	// and takes nothing over Lightning.
	ErrOutsideJID = fault.Define(fault.NotFound, "pay.outside-jid")
	errYourself   = fault.Define(fault.Invalid, "pay.yourself")
	errOwnAddress = fault.Define(fault.Invalid, "pay.own-address")
	// errPayHere and errAskHere are the faults of naming another than {who} on the contact
	// of {who}. It may be said to the gateway.
	errPayHere = fault.Define(fault.Invalid, "pay.only-here")
	errAskHere = fault.Define(fault.Invalid, "request.only-here")
	// errUsersOnly is the fault of asking an address or an invoice for money.
	errUsersOnly = fault.Define(fault.Invalid, "request.users-only")
	// errNotHeard is the fault of asking {who}, who does not want to be asked.
	errNotHeard = fault.Define(fault.NotAllowed, "request.not-heard")
	// errAskedEnough is the fault of asking {who}, who was asked often within this hour.
	errAskedEnough = fault.Define(fault.NotAllowed, "request.enough")
)

// How much.
var (
	// ErrTooSmall is the fault of a payment to an address below the {minimum}.
	ErrTooSmall = fault.Define(fault.Invalid, "pay.too-small")
	// errHowMuch is the fault of a payment to {who} without an amount.
	errHowMuch = fault.Define(fault.Invalid, "pay.how-much")
	// errWholeSat is the fault of a payment to an address that is no whole satoshi.
	errWholeSat = fault.Define(fault.Invalid, "pay.whole-sat")
	// errNothing is the fault of paying all from an account that has nothing. An app hears
	// it only if it may ask for the balance.
	errNothing = fault.Define(fault.InsufficientFunds, "pay.nothing")
)

// What the Bitcoin node said. An errChainAway may work soon, and so may an errNoFunds: the
// gateway's own wallet has too few free coins.
var (
	errChainAway  = fault.Define(fault.Unavailable, "chain.away")
	errNoFunds    = fault.Define(fault.Unavailable, "chain.no-funds")
	errDust       = fault.Define(fault.Invalid, "pay.dust")
	errBadAddress = fault.Define(fault.Invalid, "pay.bad-address")
)
