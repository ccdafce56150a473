package chain

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/lnd"
)

// lndSays maps what LND answers to our faults. Its codes say little (most are
// 2, unknown), its sentences have been stable for years; each is written with
// the part of LND that says it.
var lndSays = []struct {
	text  string
	fault error
}{
	{"wallet locked", ErrLocked},                        // rpcperms
	{"wallet not created", ErrNoWallet},                 // rpcperms
	{"waiting to start", ErrWarmingUp},                  // rpcperms
	{"in the process of starting", ErrWarmingUp},        // rpcperms, rpcserver
	{"insufficient funds available", ErrNoFunds},        // btcwallet txauthor
	{"not enough witness outputs", ErrNoFunds},          // chanfunding
	{"reserved wallet balance invalidated", ErrNoFunds}, // lnwallet
	{"transaction output is dust", ErrDust},             // btcwallet txrules
	{"error parsing address", ErrBadAddress},            // walletrpc
	{"address is not for", ErrBadAddress},               // walletrpc
}

// lndRefuses is how LND passes on the no of its mempool or of the node
// behind it. A network trouble between the two is not in it.
var lndRefuses = []string{
	"output already spent", "because of low fees", // lnwallet
	"missing inputs", "missingorspent", "mempool conflict", "insufficient fee", "fee not met", "max fee",
	"replacement adds unconfirmed", "too many potential replacements", "replacement disallowed",
	"too long mempool chain", "mempool full", "bad txns", "script verify flag", "dust", "tx size", "non final",
	"non bip68 final", "nonwitness data in mempool", "bad witness nonstandard", "scriptpubkey",
}

// fault classifies an error of call. What LND says for itself is kept as the
// cause; an answer nobody knows stays unclassified, which means "don't know".
func (n *lndWallet) fault(ctx context.Context, err error) error {
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
		n.pin.set(false) // whoever answers next may be another node
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	for _, s := range lndSays {
		if reply.Says(s.text) {
			return fmt.Errorf("%w: %w", s.fault, err)
		}
	}
	switch {
	case reply.Gateway():
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case reply.Auth():
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	if fault := n.state(ctx); fault != nil {
		return fmt.Errorf("%w: %w", fault, err)
	}
	return err
}

// state asks why LND does not serve. Nil means that it does, or that we cannot
// tell.
func (n *lndWallet) state(ctx context.Context) error {
	switch n.rest.State(ctx) {
	case "NON_EXISTING":
		return ErrNoWallet
	case "LOCKED":
		return ErrLocked
	case "WAITING_TO_START", "UNLOCKED", "RPC_ACTIVE":
		return ErrWarmingUp
	}
	return nil
}
