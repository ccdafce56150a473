package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// nodeOf is a node that payments of a kind wait for.
type nodeOf struct {
	kind  paymentorder.Kind
	where string
	ready func(context.Context) error
}

func waitsFor(c config.Config) []nodeOf {
	return []nodeOf{
		{paymentorder.OnChain, "on the chain", func(ctx context.Context) error { return chainReady(ctx, c) }},
		{paymentorder.Lightning, "over Lightning", func(ctx context.Context) error { return lightningReady(ctx, c) }},
	}
}

// notReady says which node does not answer or is not ready, of those that payments under
// way wait for. It is no fault of a payment that it does not move then. They are asked at
// once: they may be one node, which is silent.
func notReady(ctx context.Context, all []paymentorder.Order, nodes []nodeOf) (said []string) {
	errs := make([]error, len(nodes))
	var asked sync.WaitGroup
	for i, n := range nodes {
		if slices.ContainsFunc(all, func(o paymentorder.Order) bool { return o.Kind() == n.kind }) {
			asked.Go(func() { errs[i] = n.ready(ctx) })
		}
	}
	asked.Wait()
	for i, n := range nodes {
		if errs[i] != nil {
			said = append(said, fmt.Sprintf("payments %s wait for the node: %v", n.where, errs[i]))
		}
	}
	return said
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
