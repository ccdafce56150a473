package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// sayAway says which node does not answer or is not ready, of those that payments under
// way wait for. It is no fault of a payment that it does not move then.
func sayAway(ctx context.Context, p *program, c config.Config, all []paymentorder.Order) {
	for _, n := range []struct {
		kind  paymentorder.Kind
		where string
		ready func(context.Context, config.Config) error
	}{{paymentorder.OnChain, "on the chain", chainReady}, {paymentorder.Lightning, "over Lightning", lightningReady}} {
		if !slices.ContainsFunc(all, func(o paymentorder.Order) bool { return o.Kind() == n.kind }) {
			continue
		}
		if err := n.ready(ctx, c); err != nil {
			fmt.Fprintf(p.out, "payments %s wait for the node: %v\n", n.where, err)
		}
	}
}

// chainReady is an error unless the node and its wallet answer, and are in step.
func chainReady(ctx context.Context, c config.Config) error {
	node, err := openChain(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = node.Close() }()
	if _, err := checkNode(ctx, node); err != nil {
		return err
	}
	_, err = node.Keys(ctx)
	return err
}

// lightningReady is an error unless the node answers and is in step. What else `check`
// finds wanting keeps no payment from moving; nor does that the gateway has the journal.
func lightningReady(ctx context.Context, c config.Config) error {
	node, err := openLightning(ctx, c, nil)
	if err != nil || node == nil {
		return err
	}
	defer closeLightning(node)
	i, err := node.Info(ctx)
	switch {
	case errors.Is(err, lightning.ErrElsewhere):
		return nil
	case err == nil && !i.Synced:
		err = fmt.Errorf("%s is still catching up (block %d)", i.Kind, i.Height)
	}
	return err
}
