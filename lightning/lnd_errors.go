package lightning

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/lnd"
)

// lndSays maps sentences of LND to our faults, whatever was asked. Each is
// written with the part of LND that says it.
var lndSays = []struct {
	text  string
	fault error
}{
	{"wallet locked", ErrLocked},                 // rpcperms
	{"wallet not created", ErrLocked},            // rpcperms
	{"waiting to start", ErrWarmingUp},           // rpcperms
	{"in the process of starting", ErrWarmingUp}, // rpcperms, rpcserver
}

// fault classifies an error of the connection. What LND says for itself is
// kept as the cause; an answer nobody knows stays a *lnd.Reply for who asked.
func (n *lndNode) fault(ctx context.Context, err error) error {
	var reply *lnd.Reply
	var cert *tls.CertificateVerificationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &reply):
	case errors.As(err, &cert):
		return lnd.Misconfigured{Kind: ErrAuth, Err: err}
	case errors.Is(err, lnd.ErrFiles): // LND writes them when its wallet is made
		if fault := n.state(ctx); fault != nil {
			return fmt.Errorf("%w: %w", fault, err)
		}
		return lnd.Misconfigured{Kind: ErrAuth, Err: err}
	default:
		n.lost() // whoever answers next may be another node
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	for _, s := range lndSays {
		if reply.Says(s.text) {
			return fmt.Errorf("%w: %w", s.fault, err)
		}
	}
	switch {
	case reply.Gateway():
		n.lost()
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case reply.Auth():
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case reply.Code == lnd.NotFound || reply.Code == lnd.AlreadyExists: // it serves
		return reply
	}
	if fault := n.state(ctx); fault != nil {
		return fmt.Errorf("%w: %w", fault, err)
	}
	return reply
}

// state asks why LND does not serve. Nil means that it does, or that we cannot
// tell.
func (n *lndNode) state(ctx context.Context) error {
	switch n.rest.State(ctx) {
	case "NON_EXISTING", "LOCKED":
		return ErrLocked
	case "WAITING_TO_START", "UNLOCKED", "RPC_ACTIVE":
		return ErrWarmingUp
	}
	return nil
}

// replied is what LND said for itself, if it is nothing that fault knows: what
// fault knows has the reply in its chain.
func replied(err error) (*lnd.Reply, bool) {
	reply, ok := any(err).(*lnd.Reply)
	return reply, ok
}

// says reports whether LND answered with one of the sentences.
func says(err error, parts ...string) bool {
	reply, ok := replied(err)
	return ok && reply.Says(parts...)
}

// code is gRPC's code of LND's answer, or -1.
func code(err error) int {
	if reply, ok := replied(err); ok {
		return reply.Code
	}
	return -1
}
