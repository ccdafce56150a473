package wallet

import "github.com/bitcoim/bitcoim/fault"

// What an app hears when a payment that waited has ended.
var (
	errPaymentFailed = fault.Define(fault.Conflict, "app.failed")
	errDenied        = fault.Define(fault.NotAllowed, "app.denied")
	errUnanswered    = fault.Define(fault.Conflict, "app.lapsed")
)

// refusal is what an app was refused with, as it was kept for its key: the same request
// hears the same, in the language that the user speaks by now. Before faults were kept
// their words were, in the language of that time. They are a phrase that nobody knows,
// which is said as it is.
func refusal(kept string) *fault.Error {
	if f, ok := fault.Kept(kept); ok {
		return f
	}
	return fault.New(fault.NotAllowed, kept, nil)
}
