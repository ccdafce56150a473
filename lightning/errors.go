package lightning

import "errors"

// What a node can say instead of an answer. Anything else, a timeout above
// all, means that we do not know what the node did.
var (
	ErrUnreachable = errors.New("lightning: node does not answer")
	ErrAuth        = errors.New("lightning: node refuses our credentials")
	ErrWarmingUp   = errors.New("lightning: node is starting or catching up")
	ErrLocked      = errors.New("lightning: wallet is locked")
	ErrWrongChain  = errors.New("lightning: node is on another network")
	ErrWrongNode   = errors.New("lightning: another node answers than the one we know")
	ErrBadInvoice  = errors.New("lightning: not a valid invoice")
	ErrSettled     = errors.New("lightning: the invoice was paid")
	// ErrNoInvoice means that the node has no such invoice, now.
	ErrNoInvoice = errors.New("lightning: node does not know the invoice")
	// ErrNoProof means that the node calls a payment settled and shows a
	// preimage that does not fit, that it was never heard of what it was asked
	// to pay, or that nobody can say whether it was paid before. Nothing is known
	// then.
	ErrNoProof = errors.New("lightning: nothing proves what became of the payment")
	// ErrRefused is the node's own, documented no. Nothing happened.
	ErrRefused = errors.New("lightning: node refuses")
)
