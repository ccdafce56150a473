package wallet

import "github.com/bitcoim/bitcoim/fault"

// What is wrong with a new app.
var (
	// ErrAppName is the fault of a name that is none: {app}, which may have {max} characters.
	ErrAppName = fault.Define(fault.Invalid, "app.name-syntax")
	// ErrAppKind is the fault of an app that speaks none of the protocols.
	ErrAppKind = fault.Define(fault.Invalid, "app.kind")
	// ErrBudget is the fault of a budget that is none.
	ErrBudget = fault.Define(fault.Invalid, "app.budget-syntax")
	// ErrReceivesBudget is the fault of a budget for an app that only receives.
	ErrReceivesBudget = fault.Define(fault.Invalid, "app.receives-budget")
	// ErrNoMoneysocket and ErrNoBots are the faults of a gateway that serves no such apps.
	ErrNoMoneysocket = fault.Define(fault.NotAllowed, "app.no-moneysocket")
	ErrNoBots        = fault.Define(fault.NotAllowed, "app.no-lime")
	// ErrBotBeacon is the fault of a beacon for a bot, which needs none.
	ErrBotBeacon = fault.Define(fault.Invalid, "app.bot-beacon")
	// ErrNeedsBeacon is the fault of a gateway that has no relay for apps that bring no beacon.
	ErrNeedsBeacon = fault.Define(fault.Invalid, "app.needs-beacon")
	// ErrNoDialling is the fault of a gateway that goes to no beacons of others.
	ErrNoDialling = fault.Define(fault.NotAllowed, "app.no-dialling")
	// ErrBeaconBad is the fault of a beacon that cannot be read, ErrBeaconDraft of one of a
	// version that is not spoken, ErrBeaconNowhere of one that leads to no websocket.
	ErrBeaconBad     = fault.Define(fault.Invalid, "app.beacon-bad")
	ErrBeaconDraft   = fault.Define(fault.Invalid, "app.beacon-draft")
	ErrBeaconNowhere = fault.Define(fault.Invalid, "app.beacon-nowhere")
)
