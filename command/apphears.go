package command

import (
	"errors"
	"slices"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// hears are the faults that an app is told as they are: of what it said, of its own
// rights and budget, and of the order, the invoice and the payee that it named; and
// of this service, as it is for everybody. None tells how it stands with the owner.
// A fault that is not here, because it is new or nobody declared it, is told as
// errNotNow.
var hears = []error{
	// of the line itself, and of what a service of the payee's answered
	amount.ErrAmount, ErrCommand, lnurl.ErrLNURL, address.ErrURI,
	address.ErrInvalid, address.ErrMisplaced, address.ErrMistyped, address.ErrOtherNetwork, errNotYours,
	ErrNoContact, errEditIgnored, errEditTooLate, errHistoryNumber,
	// of the app
	app.ErrOver, app.ErrPaused, app.ErrReceivesOnly, app.ErrUnknown, errAsksTooMuch, errKeyUsed, errNoAmount, errNotInPerson,
	// of the service
	errChainAway, errNoFunds, errDust, errBadAddress, errLightningAway, errLightningRefused, errNoLightning, errNoOffers,
	paymentorder.ErrInFlightAll, paymentorder.ErrStopped,
	// of an order
	paymentorder.ErrUnknown, paymentorder.ErrExpired, paymentorder.ErrCancelled, paymentorder.ErrFailed, paymentorder.ErrConfirmed,
	paymentorder.ErrTooLate, paymentorder.ErrMayBeMade, errBegun, errPaidBefore, errNoTransaction, statement.ErrUnknown,
	// of an invoice
	paymentorder.ErrInvoiceTaken, paymentorder.ErrInvoiceExpired, errInvoiceUnknown, errInvoiceKept, errInvoicePaid, errInvoiceAmount,
	errInvoiceBad, errInvoiceForged, errInvoiceLocks, errInvoiceOperator, errLasts, errReceiveTooSmall,
	// of whom it named, and how much
	ErrNobody, ErrOutsideJID, errYourself, errOwnAddress, errPayHere, errAskHere, errUsersOnly, errNotHeard, errAskedEnough,
	paymentorder.ErrRecipientGone, paymentorder.ErrRecipientFull, errHowMuch, ErrTooSmall, errWholeSat,
	// of who it says that it is
	useraccount.ErrClosed, useraccount.ErrNotRegistered, useraccount.ErrUnknown, ErrNotServed,
}

// ofBalance are those that tell what the owner has. An app that may ask for the
// balance hears them.
var ofBalance = []error{ledger.ErrInsufficientFunds, paymentorder.ErrInsufficientFunds, errNothing}

// instead is what an app is told in place of faults that it does not hear, if more
// than errNotNow can be said.
var instead = []struct {
	of   []error
	told *fault.Error
}{
	{[]error{paymentorder.ErrDayLimit, paymentorder.ErrPaymentLimit, paymentorder.ErrOpenOrders, paymentorder.ErrInFlight,
		paymentorder.ErrInFlightAlone, errOpenInvoices, errInvoiceLimit, errManyBills}, errOwnerLimits},
	{[]error{useraccount.ErrSuspended}, errOwnerSuspended},
	{ofBalance, errOwnerShort},
}

// among reports whether err is one of those faults.
func among(faults []error, err error) bool {
	return slices.ContainsFunc(faults, func(f error) bool { return errors.Is(err, f) })
}

// heardBy is a fault as who asks hears it: the user in person (0), or a bot of theirs,
// which may ask for the balance.
func heardBy(app AppID, err error) error {
	if app == 0 {
		return err
	}
	return discreet(err, true)
}

// discreet is a fault as an app hears it; sees says that it may ask for the balance.
// What is Internal no door says: it tells a reference.
func discreet(err error, sees bool) error {
	if err == nil || fault.Is(err, fault.Internal) {
		return err
	}
	if among(hears, err) || sees && among(ofBalance, err) {
		return err
	}
	told := errNotNow
	for _, i := range instead {
		if among(i.of, err) {
			told = i.told
			break
		}
	}
	return told.OfKind(fault.Of(err).Kind).Because(err)
}
