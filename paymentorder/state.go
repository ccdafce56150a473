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
	Held       State = "held"       // confirmed, the money is set aside
	Sending    State = "sending"    // the signed transaction is stored
	InFlight   State = "in_flight"  // handed to the node, not in a block
	Confirming State = "confirming" // in a block, a reorganisation could take it back
	Done       State = "done"
	Failed     State = "failed"    // nothing left us, the money is back
	Cancelled  State = "cancelled" // by the payer, before the code
	Expired    State = "expired"
	Stuck      State = "stuck" // the chain contradicts us; the money stays held
)

// Event is what moves an order.
type Event string

const (
	Confirm   Event = "confirm"   // the right code in time, and money enough
	Cancel    Event = "cancel"    // the payer dropped it
	Lapse     Event = "lapse"     // its time ran out
	Paid      Event = "paid"      // to a neighbour, inside the ledger
	Store     Event = "store"     // the signed transaction is written down
	Refuse    Event = "refuse"    // it cannot be built: nothing was signed that anybody saw
	Broadcast Event = "broadcast" // the node has it
	Mine      Event = "mine"      // in a block of the best chain
	Unmine    Event = "unmine"    // the block went
	Bury      Event = "bury"      // deep enough to be final
	Conflict  Event = "conflict"  // another transaction took its coins
	Resolve   Event = "resolve"   // the operator proved that it can never be mined
)

// moves is the whole machine. What is not here cannot happen; the schema
// refuses it as well.
var moves = map[State]map[Event]State{
	New:        {Confirm: Held, Cancel: Cancelled, Lapse: Expired},
	Held:       {Paid: Done, Store: Sending, Refuse: Failed},
	Sending:    {Broadcast: InFlight, Mine: Confirming, Conflict: Stuck},
	InFlight:   {Mine: Confirming, Conflict: Stuck},
	Confirming: {Unmine: InFlight, Bury: Done},
	Stuck:      {Mine: Confirming, Broadcast: InFlight, Resolve: Failed},
}

// After returns the state that follows s when e happens. Silence is not an
// event: an order whose node does not answer stays where it is.
func (s State) After(e Event) (State, error) {
	to, ok := moves[s][e]
	if !ok {
		return s, fault.New(fault.Conflict, "order.too-late", fault.Args{"state": string(s), "event": string(e)})
	}
	return to, nil
}

// Live are the states in which money is set aside for an order.
var Live = []State{Held, Sending, InFlight, Stuck}

// Mermaid draws the machine for the docs.
func Mermaid() string {
	var lines []string
	for from, events := range moves {
		for e, to := range events {
			lines = append(lines, fmt.Sprintf("    %s --> %s: %s", from, to, e))
		}
	}
	slices.Sort(lines)
	return "stateDiagram-v2\n    [*] --> new: draft\n" + strings.Join(lines, "\n") + "\n"
}
