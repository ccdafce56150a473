package lightning

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/lnd"
)

// Permissions are the calls of LND that this package makes, for the macaroon
// that may make no others.
func Permissions() []string {
	return []string{
		"/lnrpc.Lightning/GetInfo",
		"/lnrpc.Lightning/DecodePayReq",
		"/lnrpc.Lightning/AddInvoice",
		"/lnrpc.Lightning/LookupInvoice",
		"/lnrpc.Lightning/ListInvoices",
		"/lnrpc.Lightning/SubscribeInvoices",
		"/lnrpc.Lightning/ListPayments",
		"/lnrpc.Lightning/ChannelBalance",
		"/lnrpc.Lightning/PendingChannels",
		"/invoicesrpc.Invoices/CancelInvoice",
		"/routerrpc.Router/SendPaymentV2",
		"/routerrpc.Router/TrackPaymentV2",
	}
}

// Powers is implemented by nodes whose credentials say what they are good for.
type Powers interface {
	// CheckPower compares what our credentials allow with what we need, and
	// with what the caller needs besides, if the on-chain wallet uses them,
	// too. Excess is what a thief could do more. The node is not asked.
	CheckPower(ctx context.Context, besides ...string) (missing, excess []string, err error)
}

// CheckPower reads LND's macaroon. An entity with an action, like
// offchain:write, stands for many calls, so that next to one nothing counts
// as missing.
func (n *lndNode) CheckPower(ctx context.Context, besides ...string) (missing, excess []string, err error) {
	powers, err := n.rest.Powers()
	if err != nil {
		return nil, nil, n.fault(ctx, err)
	}
	broad := false
	for _, p := range powers {
		if p.Entity != "uri" {
			broad = true
			excess = append(excess, p.String())
		} else if !slices.Contains(Permissions(), p.Action) && !slices.Contains(besides, p.Action) {
			excess = append(excess, p.String())
		}
	}
	for _, uri := range Permissions() {
		if !broad && !slices.Contains(powers, lnd.Power{Entity: "uri", Action: uri}) {
			missing = append(missing, uri)
		}
	}
	return missing, excess, nil
}

var _ Powers = (*lndNode)(nil)
