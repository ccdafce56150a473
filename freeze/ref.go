package freeze

import "strings"

// How the name of a cause begins that is about a node as a whole, and no payment.
const (
	RefWallet   = "wallet:"   // and a key of the wallet that answers
	RefNode     = "node:"     // and the public key of the Lightning node that answers
	RefChain    = "chain:"    // and the place in the chain that the chain's node has forgotten
	RefPayments = "payments:" // and the newest payment that the Lightning node has forgotten
	RefReceipts = "receipts:" // and the newest receipt that the Lightning node has forgotten
)

// Changeover reports whether a name is that of another wallet, or Lightning node, than
// the one that was looked at before.
func Changeover(ref string) bool {
	return strings.HasPrefix(ref, RefWallet) || strings.HasPrefix(ref, RefNode)
}
