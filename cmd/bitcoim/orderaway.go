package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// sayAway says which node does not answer or is not ready, of those that payments under
// way wait for. It is no fault of a payment that it does not move then.
func sayAway(ctx context.Context, p *program, c config.Config, all []paymentorder.Order) {
	for _, n := range []struct {
		kind  paymentorder.Kind
		where string
		try   func(context.Context, config.Config) (string, error)
	}{{paymentorder.OnChain, "on the chain", checkChain}, {paymentorder.Lightning, "over Lightning", checkLightning}} {
		if !slices.ContainsFunc(all, func(o paymentorder.Order) bool { return o.Kind() == n.kind }) {
			continue
		}
		if _, err := n.try(ctx, c); err != nil {
			fmt.Fprintf(p.out, "payments %s wait for the node: %v\n", n.where, err)
		}
	}
}
