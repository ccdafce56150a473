package chain

import (
	"errors"

	"github.com/bitcoim/bitcoim/amount"
)

// Sent is a transaction that spent coins of the wallet, whoever asked for it.
type Sent struct {
	TxID          string
	Amount        amount.Msat // that left the wallet, the fee included
	Confirmations int64       // 0 in the mempool
	At            int64       // when the wallet met it, seconds since 1970
	// Inside says that all of it but the fee stays in the operator's hands: it
	// pays the wallet itself, or the node says that it serves its channels.
	Inside bool
	Label  string // the node's own word for it; "" none
}

// ErrOtherPast means that the node has not what it had when the cursor was
// given: it follows another chain, or was set back.
var ErrOtherPast = errors.New("chain: the node does not know the block that was looked at before")
