package paymentorder

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/fault"
)

// State is how far an order is.
type State string

const (
	New        State = "new"        // waits for its code
	Held       State = "held"       // confirmed, the money is set aside; a neighbour has it at once
	Sending    State = "sending"    // the signed transaction is stored, or that the invoice is about to be paid
	InFlight   State = "in_flight"  // handed to the node, not in a block, or not at its payee
	Confirming State = "confirming" // in a block, a reorganisation could take it back
	Done       State = "done"
	Failed     State = "failed"    // nothing left us, the money is back
	Cancelled  State = "cancelled" // by the payer, before the code
	Expired    State = "expired"
	Stuck      State = "stuck" // chain or node contradict us; the money stays held
)

// Event is what moves an order.
type Event string

const (
	Confirm   Event = "confirm"   // the right code in time, and money enough
	Cancel    Event = "cancel"    // the payer dropped it
	Lapse     Event = "lapse"     // its time ran out
	Paid      Event = "paid"      // a neighbour's invoice, inside the ledger
	Store     Event = "store"     // the signed transaction is written down, or that we begin to pay an invoice
	Refuse    Event = "refuse"    // it cannot be built: nothing was signed that anybody saw
	Broadcast Event = "broadcast" // the node has it
	Mine      Event = "mine"      // in a block of the best chain
	Unmine    Event = "unmine"    // the block went
	Bury      Event = "bury"      // deep enough to be final
	Conflict  Event = "conflict"  // another transaction took its coins, or the node contradicts itself or the books
	Resolve   Event = "resolve"   // the operator proved that it can never be mined
	Prove     Event = "prove"     // the preimage shows that the invoice was paid
	Bounce    Event = "bounce"    // the node says of this payment hash that it failed
)

// Kind is what an order pays; each has a machine of its own.
type Kind string

const (
	Inside    Kind = "inside"    // a neighbour, in the ledger
	OnChain   Kind = "chain"     // an address
	Lightning Kind = "lightning" // an invoice; a neighbour's, too, which is first taken back from the node
)

// Kinds are all there are.
var Kinds = []Kind{Inside, OnChain, Lightning}

// drafted is what every order that leaves can do.
var drafted = map[Event]State{Confirm: Held, Cancel: Cancelled, Lapse: Expired}

// moves are the machines. What is not here cannot happen; the schema refuses
// it as well.
var moves = map[Kind]map[State]map[Event]State{
	Inside: {
		New: {Confirm: Done, Cancel: Cancelled, Lapse: Expired},
	},
	OnChain: {
		New:        drafted,
		Held:       {Store: Sending, Refuse: Failed},
		Sending:    {Broadcast: InFlight, Mine: Confirming, Conflict: Stuck},
		InFlight:   {Mine: Confirming, Conflict: Stuck},
		Confirming: {Unmine: InFlight, Bury: Done},
		Stuck:      {Mine: Confirming, Broadcast: InFlight, Resolve: Failed},
	},
	Lightning: {
		New:      drafted,
		Held:     {Store: Sending, Refuse: Failed},
		Sending:  {Broadcast: InFlight, Paid: Done, Prove: Done, Bounce: Failed, Conflict: Stuck},
		InFlight: {Prove: Done, Bounce: Failed, Conflict: Stuck},
		Stuck:    {Broadcast: InFlight, Prove: Done, Bounce: Failed, Resolve: Failed},
	},
}

// After returns the state that follows s when e happens. Silence is not an
// event: an order whose node does not answer stays where it is.
func (k Kind) After(s State, e Event) (State, error) {
	to, ok := moves[k][s][e]
	if !ok {
		return s, ErrTooLate.With(fault.Args{"state": string(s), "event": string(e)})
	}
	return to, nil
}

// Live are the states in which money is set aside for an order.
var Live = []State{Held, Sending, InFlight, Stuck}

// Mermaid draws a machine for the docs.
func (k Kind) Mermaid() string {
	var lines []string
	for from, events := range moves[k] {
		for e, to := range events {
			lines = append(lines, fmt.Sprintf("    %s --> %s: %s", from, to, e))
		}
	}
	slices.Sort(lines)
	return "stateDiagram-v2\n    [*] --> new: draft\n" + strings.Join(lines, "\n") + "\n"
}
