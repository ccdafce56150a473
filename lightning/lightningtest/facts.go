package lightningtest

import (
	"slices"
	"testing"
)

// fact is what holds of every node that can do what it needs.
type fact struct {
	name string
	test func(*bench, *testing.T)
	can  bool
	why  string // not
}

// Why a fact cannot be shown.
const (
	always    = "" // it can
	noSelf    = "the backend cannot say its public key and height"
	noChoice  = "the backend cannot choose the preimage of an invoice"
	noTerms   = "the backend cannot ask for an expiry, an open amount or the hash of a description"
	noOpen    = "the backend cannot pay an invoice that leaves the amount open"
	noCancel  = "the backend cannot take an invoice back"
	noList    = "the backend cannot list"
	noLimit   = "the backend cannot limit fees and blocks"
	noOwn     = "the backend cannot tell an invoice of its own"
	noPush    = "nobody can pay without an invoice"
	noRecall  = "the peer cannot take its invoice back"
	noHold    = "the peer cannot keep a payment waiting"
	noCut     = "the connection cannot be cut after a message"
	oneDaemon = "one daemon at a time can use the backend"
	noKill    = "the node cannot be killed"
	noPause   = "the node cannot be frozen"
)

// facts are all of them, in order.
func (b *bench) facts() []fact {
	can := b.Can
	cancels := []fact{
		{"a cancelled invoice is never paid", (*bench).cancel, can.Cancel, noCancel},
		{"an invoice is paid or cancelled, never both", (*bench).cancelRace, can.Cancel, noCancel},
	}
	if !can.Cancel {
		cancels = append(cancels, fact{"what cannot be taken back is not said to be", (*bench).lasting, true, always})
	}
	return slices.Concat([]fact{
		{"the node says who and where it is", (*bench).info, can.Self, noSelf},
		{"an invoice says what its maker meant", (*bench).decode, true, always},
		{"what is no invoice of this network is none", (*bench).bad, true, always},
		{"before the first payment nothing is delivered, and then it is", (*bench).first, true, always},
		{"an invoice says what was asked for", (*bench).invoice, can.Terms && can.Choose, noTerms},
		{"an invoice that is asked for again is the same", (*bench).repeat, can.Choose, noChoice},
		{"an impossible invoice is refused", (*bench).impossible, can.Terms && can.Choose, noTerms},
		{"a receipt says what was really paid", (*bench).receive, true, always},
		{"a payment without an invoice is told apart", (*bench).keysend, b.Far.Push != nil, noPush},
		{"settled invoices come again from every cursor", (*bench).replay, true, always},
		{"settled invoices are told as they come", (*bench).live, true, always},
		{"a delivery that fails comes again", (*bench).undelivered, true, always},
		{"settled invoices survive a connection cut at each message", (*bench).cutSettled, b.CutSettled != nil, noCut},
		{"what came can be listed", (*bench).received, can.List, noList},
	}, cancels, []fact{
		{"a payment is proved, and costs what it says", (*bench).pay, true, always},
		{"a payment is made once, however often it is asked for", (*bench).once, true, always},
		{"a payment asked for by two at once is made once", (*bench).crowd, b.Again != nil, oneDaemon},
		{"an open invoice takes the amount of the payer", (*bench).open, can.Open, noOpen},
		{"a payment that cannot begin is refused", (*bench).refused, true, always},
		{"an invoice of our own is refused, and stays payable", (*bench).own, can.Own, noOwn},
		{"a fee above the limit is no route", (*bench).feeLimit, can.Limit, noLimit},
		{"money is not locked for longer than the limit", (*bench).cltvLimit, can.Limit, noLimit},
		{"a payment to nowhere fails for want of a route", (*bench).noRoute, true, always},
		{"a payment beyond our means fails", (*bench).noBalance, true, always},
		{"an invoice that its maker cancelled fails, and is not there to pay", (*bench).wrong, b.Far.Cancel != nil, noRecall},
		{"a payment that failed can be made anew", (*bench).anew, can.Limit, noLimit},
		{"a payment that failed is not made anew when its invoice has expired", (*bench).over, can.Limit || b.Far.Cancel != nil, noRecall},
		{"a payment nobody heard of is not found", (*bench).unheard, true, always},
		{"a payment that waits is in flight until it ends well", (*bench).late, b.Far.Hold != nil, noHold},
		{"a payment that waits is in flight until it ends badly", (*bench).returned, b.Far.Hold != nil, noHold},
		{"an invoice that expires while its payment waits is not refused", (*bench).expires, b.Far.Hold != nil, noHold},
		{"a payment survives a connection cut at each message", (*bench).cutPay, b.CutPay != nil, noCut},
		{"what went can be listed", (*bench).paid, can.List, noList},
		{"what went says when it began", (*bench).began, can.List && can.Self, noSelf},
		{"a frozen node is unreachable when the context ends", (*bench).frozen, b.Pause != nil, noPause},
		{"a payment in flight survives the death of the node", (*bench).killed, b.Kill != nil && b.Far.Hold != nil, noKill},
	})
}
