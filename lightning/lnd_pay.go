package lightning

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"

	"github.com/bitcoim/bitcoim/lnd"
)

const (
	lndTries = 60 // seconds in which LND may begin attempts; it waits for those on their way
	lndParts = 16 // of one payment, as lncli has it
)

// lndRefuses is what LND says to a payment before it writes it down
// (routerrpc/router_backend.go, zpay32).
var lndRefuses = []string{
	"invoice expired", "self payments not allowed", "amount must be specified", "amount must not be specified",
	"exceeds max allowed", "cltv limit", "payment request must contain", "amp flag", "amp invoice",
	"checksum failed", "invalid bech32", "invalid character", "invalid index", "not all lowercase", "short invoice",
	"hrp too short", "prefix should be", "not for current active network", "unknown multiplier", "must be non empty",
	"invalid field length", "last tagged field is broken", "invalid invoice signature", "unable to deserialize signature",
	"no payment hash found", "description hash set", "description is not valid utf", "invoice is too large",
	"route hint", "blinded",
}

// Pay asks routerrpc.SendPaymentV2. LND keeps one payment for each hash: one
// that it has already is followed with TrackPaymentV2.
func (n *lndNode) Pay(ctx context.Context, p Payment) (Outcome, error) {
	scan, err := scanFor(n.network, p.Invoice)
	switch {
	case err != nil:
		return Outcome{}, fmt.Errorf("%w: %w", ErrRefused, err)
	case Hash(scan.Hash) != p.Hash:
		return Outcome{}, fmt.Errorf("%w: %w: it is for %s and not for %s", ErrRefused, ErrBadInvoice, Hash(scan.Hash), p.Hash)
	case !sane(int64(p.Amount)) || !sane(int64(p.FeeLimit)) || p.MaxCLTV <= 0 || p.MaxCLTV > math.MaxInt32:
		return Outcome{}, fmt.Errorf("%w: amount %d, fee limit %d, blocks %d", ErrRefused, p.Amount, p.FeeLimit, p.MaxCLTV)
	}
	ask := map[string]any{
		"payment_request": scan.Text, "timeout_seconds": lndTries, "max_parts": lndParts,
		"fee_limit_msat": fmt.Sprint(int64(p.FeeLimit)), "cltv_limit": p.MaxCLTV,
		"no_inflight_updates": false, "allow_self_payment": false,
	}
	if p.Amount > 0 {
		ask["amt_msat"] = fmt.Sprint(int64(p.Amount))
	}
	o, err := n.follow(ctx, http.MethodPost, "/v2/router/send", ask, p.Hash)
	switch {
	case code(err) == lnd.AlreadyExists:
		return n.follow(ctx, http.MethodGet, trackPath(p.Hash), nil, p.Hash)
	case !says(err, lndRefuses...):
		return o, err
	}
	// An invoice that has expired meanwhile may have been begun before.
	before, findErr := n.Find(ctx, p.Hash)
	switch {
	case findErr != nil:
		return Outcome{}, findErr
	case before.State == NotFound:
		return Outcome{}, fmt.Errorf("%w: %w", ErrRefused, err)
	case before.State == InFlight:
		return n.follow(ctx, http.MethodGet, trackPath(p.Hash), nil, p.Hash)
	case before.State == Failed: // and this call made no other attempt
		return before, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return before, nil
}

// Find asks routerrpc.TrackPaymentV2 for the first message, which tells how
// far the payment is.
func (n *lndNode) Find(ctx context.Context, h Hash) (Outcome, error) {
	if _, err := n.ours(ctx); err != nil {
		return Outcome{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	o, err := n.updates(ctx, http.MethodGet, trackPath(h), nil, h, true)
	if code(err) == lnd.NotFound {
		return Outcome{Hash: h, State: NotFound}, nil
	}
	return o, err
}

func trackPath(h Hash) string {
	return "/v2/router/track/" + base64.URLEncoding.EncodeToString(h[:]) + "?no_inflight_updates=false"
}

// follow waits for the end of a payment. If the context ends first, a payment
// that LND has is InFlight, and that is no error.
func (n *lndNode) follow(ctx context.Context, method, path string, in any, h Hash) (Outcome, error) {
	if _, err := n.ours(ctx); err != nil {
		return Outcome{}, err
	}
	o, err := n.updates(ctx, method, path, in, h, false)
	if err != nil && ctx.Err() != nil && o.State == InFlight {
		return o, nil
	}
	return o, err
}

// updates reads what LND tells of a payment, to its end or only once. What it
// tells of another one proves nothing.
func (n *lndNode) updates(ctx context.Context, method, path string, in any, h Hash, once bool) (Outcome, error) {
	var last Outcome
	var refused error
	err := n.rest.Stream(ctx, method, path, in, func(m json.RawMessage) error {
		var o Outcome
		if o, refused = outcomeOf(m); refused == nil && o.Hash != h {
			refused = fmt.Errorf("%w: LND speaks of %s and not of %s", ErrNoProof, o.Hash, h)
		}
		switch {
		case refused != nil:
			return refused
		case o.State == Succeeded || o.State == Failed:
			last = o
			return lnd.ErrLast
		}
		last = o
		if once {
			return lnd.ErrStop
		}
		return nil
	})
	if refused != nil {
		return Outcome{}, refused
	}
	return last, n.fault(ctx, err)
}
