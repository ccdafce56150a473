package chain

import "errors"

// What a node can say instead of an answer. Anything else, a timeout above
// all, means that we do not know what the node did.
var (
	ErrUnreachable = errors.New("chain: node does not answer")
	ErrAuth        = errors.New("chain: node refuses our credentials")
	ErrWarmingUp   = errors.New("chain: node is starting or catching up")
	ErrLocked      = errors.New("chain: wallet is locked")
	ErrNoWallet    = errors.New("chain: no such wallet on the node")
	ErrWrongChain  = errors.New("chain: node is on another network")
	ErrNoFunds     = errors.New("chain: wallet has not enough spendable coins")
	ErrFeeTooHigh  = errors.New("chain: fee is above the agreed limit")
	ErrDust        = errors.New("chain: amount is below the dust limit")
	ErrBadAddress  = errors.New("chain: node refuses the address")
	// ErrWrongTx means that the node made a transaction that we did not ask
	// for. Nothing was sent.
	ErrWrongTx = errors.New("chain: node made another transaction than asked")
	// ErrNotNow is a no to a broadcast that says nothing against the transaction:
	// the node's mempool asks for a higher fee, is full, or has another rule. Others
	// may have it, and it may be mined.
	ErrNotNow = errors.New("chain: node does not take the transaction now")
	// ErrRefused is the node's own, documented no to a broadcast: a coin of it is
	// spent by another transaction, or none that the node knows. Rooted tells them
	// apart.
	ErrRefused = errors.New("chain: node refuses the transaction")
)
