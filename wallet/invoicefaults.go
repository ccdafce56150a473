package wallet

import (
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// What keeps an invoice, or what leads to one, from being paid.
var (
	// ErrNoLightning is what a gateway without a node says of all of them.
	ErrNoLightning = fault.Define(fault.Invalid, "pay.no-lightning")
	// ErrNoOffers is what it says of BOLT 12.
	ErrNoOffers = fault.Define(fault.Invalid, "pay.no-offers")
	// ErrInvoiceBad is the fault of a text that the node can not read.
	ErrInvoiceBad = fault.Define(fault.Invalid, "pay.invoice-bad")
	// ErrInvoicePaid is the fault of one that is paid, or just being paid. Who asks may look
	// for the order that does.
	ErrInvoicePaid = fault.Define(fault.Conflict, "pay.invoice-paid")
	// ErrInvoiceAmount is the fault of one of another {amount} than was said.
	ErrInvoiceAmount = fault.Define(fault.Invalid, "pay.invoice-amount")
	// ErrInvoiceLocks is the fault of one whose payment may wait for {n} blocks.
	ErrInvoiceLocks = fault.Define(fault.Invalid, "pay.invoice-locks")
	// ErrInvoiceOperator is the fault of one that the operator made by hand.
	ErrInvoiceOperator = fault.Define(fault.Invalid, "pay.invoice-operator")
	// ErrInvoiceForged is the fault of one with the hash of one of ours. Nobody should pay it.
	ErrInvoiceForged = fault.Define(fault.Invalid, "pay.invoice-forged")
)

// What the Lightning node said. An ErrLightningAway may work soon.
var (
	ErrLightningAway    = fault.Define(fault.Unavailable, "lightning.away")
	ErrLightningRefused = fault.Define(fault.Invalid, "lightning.refused")
)

// What keeps an invoice from being made or taken back.
var (
	// ErrInvoiceUnknown is the fault of a payment hash that is none of the user's.
	ErrInvoiceUnknown = fault.Define(fault.NotFound, "invoice.unknown")
	// ErrInvoiceKept is the fault of a node that takes nothing back.
	ErrInvoiceKept = fault.Define(fault.NotAllowed, "invoice.kept")
	// ErrReceiveTooSmall is the fault of asking for less than the {minimum} that is credited
	// on the chain, where Lightning does not help. Unavailable if it may soon.
	ErrReceiveTooSmall = fault.Define(fault.Invalid, "receive.too-small")
	// ErrLasts is the fault of a time that an invoice cannot have.
	ErrLasts = fault.Define(fault.Invalid, "receive.expires")
)

// The limits of who is paid. They say how it stands with them, so an app hears only that
// there is one.
var (
	// ErrInvoiceLimit is the fault of an invoice above the {limit} of what an account takes.
	ErrInvoiceLimit = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.invoice")
	// ErrOpenInvoices is the fault of a user with {n} invoices of one door that can be paid.
	ErrOpenInvoices = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.open-invoices")
	// ErrManyBills is the fault of a user with {n} bills whose end was not told.
	ErrManyBills = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.bills")
	// ErrPayeeLimit is all that a stranger hears of a user, {who}, who takes nothing just
	// now. Why is the user's affair: an account that is full, or invoices that wait.
	ErrPayeeLimit = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.payee")
)
