package chain

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
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

// lndAuth is how LND turns credentials down.
var lndAuth = []string{"verification failed", "permission denied", "cannot get macaroon", "expected 1 macaroon", "cannot determine data format", "macaroon"}

// lndRefuses is how LND passes on the no of its mempool or of the node
// behind it. A network trouble between the two is not in it.
var lndRefuses = []string{
	"output already spent", "because of low fees", // lnwallet
	"missing inputs", "missingorspent", "mempool conflict", "insufficient fee", "fee not met", "max fee",
	"replacement adds unconfirmed", "too many potential replacements", "replacement disallowed",
	"too long mempool chain", "mempool full", "bad txns", "script verify flag", "dust", "tx size", "non final",
	"non bip68 final", "nonwitness data in mempool", "bad witness nonstandard", "scriptpubkey",
}

func (e *lndReply) auth() bool { return says(e.Message, lndAuth...) }

func says(message string, parts ...string) bool {
	message = strings.ToLower(strings.ReplaceAll(message, "-", " "))
	for _, p := range parts {
		if strings.Contains(message, p) {
			return true
		}
	}
	return false
}

// fault classifies an error of call. What LND says for itself is kept as the
// cause; an answer nobody knows stays unclassified, which means "don't know".
func (n *lnd) fault(ctx context.Context, err error) error {
	var reply *lndReply
	var cert *tls.CertificateVerificationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &reply):
	case errors.As(err, &cert):
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case errors.Is(err, errLNDFiles): // LND writes them when its wallet is made
		return fmt.Errorf("%w: %w", cmp.Or(n.state(ctx), ErrAuth), err)
	default:
		n.pin.set(false) // whoever answers next may be another node
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	for _, s := range lndSays {
		if says(reply.Message, s.text) {
			return fmt.Errorf("%w: %w", s.fault, err)
		}
	}
	switch {
	case reply.HTTP >= http.StatusBadGateway && reply.HTTP <= http.StatusGatewayTimeout: // what stands before it
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case reply.auth():
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	if fault := n.state(ctx); fault != nil {
		return fmt.Errorf("%w: %w", fault, err)
	}
	return err
}

const lndState = "/v1/state"

// state asks why LND does not serve (lnrpc.State, which needs no macaroon).
// Nil means that it does, or that we cannot tell.
func (n *lnd) state(ctx context.Context) error {
	var answer struct{ State string }
	if n.rest.call(ctx, http.MethodGet, lndState, nil, &answer) != nil {
		return nil
	}
	switch answer.State {
	case "NON_EXISTING":
		return ErrNoWallet
	case "LOCKED":
		return ErrLocked
	case "WAITING_TO_START", "UNLOCKED", "RPC_ACTIVE":
		return ErrWarmingUp
	}
	return nil
}
