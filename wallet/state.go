package wallet

import "github.com/bitcoim/bitcoim/paymentorder"

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
	OrderNew       = paymentorder.New
	OrderHeld      = paymentorder.Held
	OrderSending   = paymentorder.Sending
	OrderInFlight  = paymentorder.InFlight
	OrderDone      = paymentorder.Done
	OrderFailed    = paymentorder.Failed
	OrderCancelled = paymentorder.Cancelled
	OrderExpired   = paymentorder.Expired
	OrderStuck     = paymentorder.Stuck
)

// Pause is what keeps a confirmed order from beginning.
type Pause = paymentorder.Pause

const (
	NoPause   = paymentorder.NoPause
	Stopped   = paymentorder.Stopped   // payments are stopped, and the payer may have the money back
	MayBeMade = paymentorder.MayBeMade // the node may have paid it, and the payer may not
)
