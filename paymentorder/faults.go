package paymentorder

import "github.com/bitcoim/bitcoim/fault"

// How it stands with an order, for who asks something of it. Each needs its {code}.
var (
	// ErrUnknown is the fault of a code that is no order of the user.
	ErrUnknown = fault.Define(fault.NotFound, "order.unknown")
	// ErrExpired is the fault of an order whose time ran out before its code came. Nothing
	// was paid, and it may be ordered anew.
	ErrExpired = fault.Define(fault.Conflict, "order.expired")
	// ErrCancelled is the fault of an order that was cancelled before. Who wanted just that
	// has it.
	ErrCancelled = fault.Define(fault.Conflict, "order.cancelled")
	// ErrFailed is the fault of an order that was confirmed and has failed: the money is
	// back. Who says the code twice may read how it ended.
	ErrFailed = fault.Define(fault.Conflict, "order.failed-before")
	// ErrConfirmed is the fault of an order that was confirmed before. Who says the code
	// twice may read how it stands: nothing moves a second time.
	ErrConfirmed = fault.Define(fault.Conflict, "order.confirmed-before")
	// ErrMayBeMade is the fault of giving the money back while the node may have paid the
	// order all the same. It may be asked again.
	ErrMayBeMade = fault.Define(fault.Unavailable, "order.may-be-made")
)

var (
	// ErrTooLate is the fault of an {event} that an order does not take in its {state}.
	// Somebody else was faster: who has it in hand lets it go.
	ErrTooLate = fault.Define(fault.Conflict, "order.too-late")
	// ErrStopped is the fault of a confirmation while the books do not add up. Nothing
	// moves until an operator has looked.
	ErrStopped = fault.Define(fault.Unavailable, "order.stopped")
	// ErrInvoiceTaken is the fault of an invoice that another order pays or paid. Who asks
	// may look for that order.
	ErrInvoiceTaken = fault.Define(fault.Conflict, "order.invoice-taken")
	// ErrInvoiceExpired is the fault of an invoice that can not be paid any more, by its
	// time or because it was taken back.
	ErrInvoiceExpired = fault.Define(fault.Invalid, "pay.invoice-expired")
	// ErrInsufficientFunds is the fault of a payer whose {balance} is less than the {total}.
	// An app hears it only if it may ask for the balance.
	ErrInsufficientFunds = fault.Define(fault.InsufficientFunds, "order.short")
)

// Who is to be paid, {who}, and is not.
var (
	// ErrRecipientGone is the fault of a payee who has left.
	ErrRecipientGone = fault.Define(fault.NotFound, "pay.recipient-gone")
	// ErrRecipientFull is the fault of a payee whose account takes no more from others. It
	// does not say how much they have.
	ErrRecipientFull = fault.Define(fault.NotAllowed, "pay.recipient-full")
)
