package paymentorder

import "github.com/bitcoim/bitcoim/fault"

// ErrLimit is every limit that somebody met. Programs are told of all in the same way.
var ErrLimit = fault.NewGroup("a limit")

// The limits of a payer. All but the last say how it stands with them, so an app hears
// only that there is one.
var (
	// ErrPaymentLimit is the fault of a payment above the {limit} for each.
	ErrPaymentLimit = ErrLimit.Define(fault.NotAllowed, "limit.payment")
	// ErrDayLimit is the fault of a payment above what is {left} for this day.
	ErrDayLimit = ErrLimit.Define(fault.NotAllowed, "limit.day")
	// ErrOpenOrders is the fault of a user with {n} orders that wait for their codes. One
	// may be cancelled.
	ErrOpenOrders = ErrLimit.Define(fault.NotAllowed, "limit.open-orders")
	// ErrInFlight is the fault of a user of whom {n} payments over Lightning have not ended.
	ErrInFlight = ErrLimit.Define(fault.NotAllowed, "limit.in-flight")
	// ErrInFlightAlone is the fault of a payment over Lightning that is above the {limit} for
	// all that have not ended, though there is no other.
	ErrInFlightAlone = ErrLimit.Define(fault.NotAllowed, "limit.in-flight-alone")
	// ErrInFlightAll is the fault of too much on its way over Lightning of the payer's domain
	// or of everybody. The same may work soon.
	ErrInFlightAll = ErrLimit.Define(fault.Unavailable, "limit.in-flight-all")
)
