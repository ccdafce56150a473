package command

import (
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// What keeps an invoice, or what leads to one, from being paid.
var (
	// errNoLightning is what a gateway without a node says of all of them.
	errNoLightning = fault.Define(fault.Invalid, "pay.no-lightning")
	// errNoOffers is what it says of BOLT 12.
	errNoOffers = fault.Define(fault.Invalid, "pay.no-offers")
	// errInvoiceBad is the fault of a text that the node can not read.
	errInvoiceBad = fault.Define(fault.Invalid, "pay.invoice-bad")
	// errInvoicePaid is the fault of one that is paid, or just being paid. Who asks may look
	// for the order that does.
	errInvoicePaid = fault.Define(fault.Conflict, "pay.invoice-paid")
	// errInvoiceAmount is the fault of one of another {amount} than was said.
	errInvoiceAmount = fault.Define(fault.Invalid, "pay.invoice-amount")
	// errInvoiceLocks is the fault of one whose payment may wait for {n} blocks.
	errInvoiceLocks = fault.Define(fault.Invalid, "pay.invoice-locks")
	// errInvoiceOperator is the fault of one that the operator made by hand.
	errInvoiceOperator = fault.Define(fault.Invalid, "pay.invoice-operator")
	// errInvoiceForged is the fault of one with the hash of one of ours. Nobody should pay it.
	errInvoiceForged = fault.Define(fault.Invalid, "pay.invoice-forged")
)

// What the Lightning node said. An errLightningAway may work soon.
var (
	errLightningAway    = fault.Define(fault.Unavailable, "lightning.away")
	errLightningRefused = fault.Define(fault.Invalid, "lightning.refused")
)

// What keeps an invoice from being made or taken back.
var (
	// errInvoiceUnknown is the fault of a payment hash that is none of the user's.
	errInvoiceUnknown = fault.Define(fault.NotFound, "invoice.unknown")
	// errInvoiceKept is the fault of a node that takes nothing back.
	errInvoiceKept = fault.Define(fault.NotAllowed, "invoice.kept")
	// errReceiveTooSmall is the fault of asking for less than the {minimum} that is credited
	// on the chain, where Lightning does not help. Unavailable if it may soon.
	errReceiveTooSmall = fault.Define(fault.Invalid, "receive.too-small")
	// errLasts is the fault of a time that an invoice cannot have.
	errLasts = fault.Define(fault.Invalid, "receive.expires")
)

// The limits of who is paid. They say how it stands with them, so an app hears only that
// there is one.
var (
	// errInvoiceLimit is the fault of an invoice above the {limit} of what an account takes.
	errInvoiceLimit = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.invoice")
	// errOpenInvoices is the fault of a user with {n} invoices of one door that can be paid.
	errOpenInvoices = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.open-invoices")
	// errManyBills is the fault of a user with {n} bills whose end was not told.
	errManyBills = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.bills")
	// errPayeeLimit is all that a stranger hears of a user, {who}, who takes nothing just
	// now. Why is the user's affair: an account that is full, or invoices that wait.
	errPayeeLimit = paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.payee")
)
