package moneysocket

import "time"

// State is where a link is.
type State string

// The states of a link, in the order in which they usually come.
const (
	Dialing State = "dialing" // a connection is being opened
	Waiting State = "waiting" // nobody else is at the rendezvous yet
	Joined  State = "joined"  // the other side is there
	Ready   State = "ready"   // it has shown, or was shown, the wallet
	Lost    State = "lost"    // the connection is gone: see Err and Retry
)

// Event is news of a link.
type Event struct {
	Link  RendezvousID
	State State
	Err   error         // of Lost: why
	Retry time.Duration // of Lost: how long until the next attempt
	// Hint says that the link will probably never be ready.
	Hint Hint
}

// Hint is what is probably wrong with a link that joined. A v0 beacon does not
// say whether it is for an app or for a wallet.
type Hint string

// What can be wrong with the other side.
const (
	SameRole Hint = "same role" // both are consumers, which is certain, or both seem to be providers
)
