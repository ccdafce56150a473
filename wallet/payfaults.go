package wallet

import "github.com/bitcoim/bitcoim/fault"

// Whom a payment or a request is for.
var (
	// ErrNobody is the fault of {who}, a name that nobody has.
	ErrNobody = fault.Define(fault.NotFound, "pay.unknown")
	// ErrOutsideJID is the fault of {who}, which is somebody of another server than {domain}
	// and takes nothing over Lightning.
	ErrOutsideJID = fault.Define(fault.NotFound, "pay.outside-jid")
	ErrYourself   = fault.Define(fault.Invalid, "pay.yourself")
	ErrOwnAddress = fault.Define(fault.Invalid, "pay.own-address")
	// ErrPayHere and ErrAskHere are the faults of naming another than {who} on the contact
	// of {who}. It may be said to the gateway.
	ErrPayHere = fault.Define(fault.Invalid, "pay.only-here")
	ErrAskHere = fault.Define(fault.Invalid, "request.only-here")
	// ErrUsersOnly is the fault of asking an address or an invoice for money.
	ErrUsersOnly = fault.Define(fault.Invalid, "request.users-only")
	// ErrNotHeard is the fault of asking {who}, who does not want to be asked.
	ErrNotHeard = fault.Define(fault.NotAllowed, "request.not-heard")
	// ErrAskedEnough is the fault of asking {who}, who was asked often within this hour.
	ErrAskedEnough = fault.Define(fault.NotAllowed, "request.enough")
	// ErrMuteYourself is the fault of muting oneself, ErrNotMuted of hearing {who} again, who
	// is not muted.
	ErrMuteYourself = fault.Define(fault.Invalid, "mute.yourself")
	ErrNotMuted     = fault.Define(fault.NotFound, "mute.not")
)

// How much.
var (
	// ErrTooSmall is the fault of a payment to an address below the {minimum}.
	ErrTooSmall = fault.Define(fault.Invalid, "pay.too-small")
	// ErrHowMuch is the fault of a payment to {who} without an amount.
	ErrHowMuch = fault.Define(fault.Invalid, "pay.how-much")
	// ErrSpeed is the fault of a speed that is none of Speeds.
	ErrSpeed = fault.Define(fault.Invalid, "pay.speed")
	// ErrWholeSat is the fault of a payment to an address that is no whole satoshi.
	ErrWholeSat = fault.Define(fault.Invalid, "pay.whole-sat")
	// ErrNothing is the fault of paying all from an account that has nothing. An app hears
	// it only if it may ask for the balance.
	ErrNothing = fault.Define(fault.InsufficientFunds, "pay.nothing")
)

// What the Bitcoin node said. An ErrChainAway may work soon, and so may an ErrNoFunds: the
// gateway's own wallet has too few free coins.
var (
	ErrChainAway  = fault.Define(fault.Unavailable, "chain.away")
	ErrNoFunds    = fault.Define(fault.Unavailable, "chain.no-funds")
	ErrDust       = fault.Define(fault.Invalid, "pay.dust")
	ErrBadAddress = fault.Define(fault.Invalid, "pay.bad-address")
)
