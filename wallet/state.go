package wallet

import (
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Rail is how an order pays.
type Rail = paymentorder.Kind

const (
	InsideRail    = paymentorder.Inside
	ChainRail     = paymentorder.OnChain
	LightningRail = paymentorder.Lightning
)

// OrderState is how far an order is.
type OrderState = paymentorder.State

const (
	OrderNew        = paymentorder.New
	OrderHeld       = paymentorder.Held
	OrderSending    = paymentorder.Sending
	OrderInFlight   = paymentorder.InFlight
	OrderConfirming = paymentorder.Confirming
	OrderDone       = paymentorder.Done
	OrderFailed     = paymentorder.Failed
	OrderCancelled  = paymentorder.Cancelled
	OrderExpired    = paymentorder.Expired
	OrderStuck      = paymentorder.Stuck
)

// Pause is what keeps a confirmed order from beginning.
type Pause = paymentorder.Pause

const (
	NoPause   = paymentorder.NoPause
	Stopped   = paymentorder.Stopped   // payments are stopped, and the payer may have the money back
	MayBeMade = paymentorder.MayBeMade // the node may have paid it, and the payer may not
)

// EntryState is how far a line of a statement is: the state of the order or of the coin
// behind it. A line with neither is done.
type EntryState string

const (
	EntryHeld     = EntryState(paymentorder.Held)
	EntrySending  = EntryState(paymentorder.Sending)
	EntryInFlight = EntryState(paymentorder.InFlight)
	EntryStuck    = EntryState(paymentorder.Stuck)
	EntryDone     = EntryState(paymentorder.Done)
	EntryFailed   = EntryState(paymentorder.Failed)
	EntryCredited = EntryState(deposit.Credited)
)

// InvoiceState is how far an invoice is.
type InvoiceState string

const (
	InvoiceOpen    InvoiceState = "open" // it can be paid, or is just being paid
	InvoicePaid    InvoiceState = "paid"
	InvoiceExpired InvoiceState = "expired" // or taken back
)
