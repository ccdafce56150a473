package wallet

import (
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// What an app did wrong.
var (
	// ErrAsksTooMuch is the fault of an {app} that asks its user too often. It may ask again
	// Within an hour.
	ErrAsksTooMuch = fault.Define(fault.NotAllowed, "app.asks-too-much")
	// ErrKeyUsed is the fault of an app that uses a key for something else.
	ErrKeyUsed = fault.Define(fault.Conflict, "app.key-used")
	// ErrNoAmount is the fault of an app that wants to pay an invoice without an amount.
	ErrNoAmount = fault.Define(fault.Invalid, "app.no-amount")
	// ErrNotInPerson is the fault of an app that says a {word} which only its user may.
	ErrNotInPerson = fault.Define(fault.NotAllowed, "app.not-in-person")
)

// What an app is told in place of how it stands with the owner of the wallet, of the same
// kind.
var (
	ErrNotNow         = fault.Define(fault.NotAllowed, "app.not-now")
	ErrOwnerLimits    = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.owner")
	ErrOwnerShort     = fault.Define(fault.InsufficientFunds, "app.owner-short")
	ErrOwnerSuspended = fault.Define(fault.NotAllowed, "app.owner-suspended")
)
