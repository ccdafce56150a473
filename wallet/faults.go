package wallet

import (
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// ErrRequest is every fault of a request as such: that nobody knows its words, how they are
// said, and whether it was done. It says nothing of who has the account.
var ErrRequest = fault.NewGroup("a request")

var (
	// ErrStale is the fault of a request that moves money and was written {seconds} before
	// it came. Nothing was done.
	ErrStale = ErrRequest.Define(fault.Conflict, "command.stale")
	// ErrOutcomeUnknown is the fault of a commit that may have happened. Who asks again with
	// the same key finds out.
	ErrOutcomeUnknown = ErrRequest.Define(fault.Unavailable, "command.outcome-unknown")
	// ErrNotDone is the fault of a database that was away. Nothing was done, and the same may
	// work soon.
	ErrNotDone = ErrRequest.Define(fault.Unavailable, "command.not-done")
)

// Who asks, and whom.
var (
	// ErrNotServed is the fault of people of other servers than {domains}. A door need not
	// say it to them each time.
	ErrNotServed = fault.Define(fault.NotAllowed, "user.not-served")
	// ErrNoContact is the fault of writing to a contact that there is none of, or that the
	// viewer may not see. A door may say that the message did not arrive.
	ErrNoContact = fault.Define(fault.NotFound, "contact.unknown")
	// ErrNoFind is the fault of what leads to no contact that may be added.
	ErrNoFind = fault.Define(fault.NotFound, "gateway.unknown")
	// ErrWrongPassword is the fault of changing a password without saying the old one.
	ErrWrongPassword = fault.Define(fault.NotAllowed, "password.wrong")
	// ErrSessionOver is the fault of a session that entered with a password that is no more.
	// It may enter again with the new one.
	ErrSessionOver = fault.Define(fault.NotAllowed, "password.changed")
	// ErrNoRate is the fault of a {currency} of which the gateway knows no rate.
	ErrNoRate = fault.Define(fault.Invalid, "rate.unknown")
)

// What becomes of an order {code} that is cancelled, or corrected.
var (
	// ErrBegun is the fault of an order whose money may be on its way.
	ErrBegun = fault.Define(fault.Conflict, "order.begun")
	// ErrPaidBefore is the fault of one that is paid.
	ErrPaidBefore = fault.Define(fault.Conflict, "order.paid-before")
	// ErrEditTooLate is the fault of correcting or taking back a payment that was
	// confirmed. It goes on as it was.
	ErrEditTooLate = ErrRequest.Define(fault.Conflict, "edit.too-late")
	// ErrNoQuestion is the fault of allowing or denying what no app asked for.
	ErrNoQuestion = fault.Define(fault.NotFound, "app.no-question")
)

// What the doors decide on, of packages that they do not see.
var (
	ErrExpired         = paymentorder.ErrExpired
	ErrCancelled       = paymentorder.ErrCancelled
	ErrFailed          = paymentorder.ErrFailed
	ErrConfirmed       = paymentorder.ErrConfirmed
	ErrLimit           = paymentorder.ErrLimit
	ErrPaymentLimit    = paymentorder.ErrPaymentLimit
	ErrShort           = paymentorder.ErrInsufficientFunds
	ErrRecipientGone   = paymentorder.ErrRecipientGone
	ErrRecipientFull   = paymentorder.ErrRecipientFull
	ErrClosed          = useraccount.ErrClosed
	ErrNotRegistered   = useraccount.ErrNotRegistered
	ErrManyDelegations = useraccount.ErrManyDelegations
)
