package command

import (
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// What an app did wrong.
var (
	// errAsksTooMuch is the fault of an {app} that asks its user too often. It may ask again
	// within an hour.
	errAsksTooMuch = fault.Define(fault.NotAllowed, "app.asks-too-much")
	// errKeyUsed is the fault of an app that uses a key for something else.
	errKeyUsed = fault.Define(fault.Conflict, "app.key-used")
	// errNoAmount is the fault of an app that wants to pay an invoice without an amount.
	errNoAmount = fault.Define(fault.Invalid, "app.no-amount")
	// errNotInPerson is the fault of an app that says a {word} which only its user may.
	errNotInPerson = fault.Define(fault.NotAllowed, "app.not-in-person")
)

// What an app is told in place of how it stands with the owner of the wallet, of the same
// kind.
var (
	errNotNow         = fault.Define(fault.NotAllowed, "app.not-now")
	errOwnerLimits    = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.owner")
	errOwnerShort     = fault.Define(fault.InsufficientFunds, "app.owner-short")
	errOwnerSuspended = fault.Define(fault.NotAllowed, "app.owner-suspended")
)
