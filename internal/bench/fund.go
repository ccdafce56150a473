package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

var fresh = regexp.MustCompile(`bcrt1[a-z0-9]+`)

// fund registers everybody and waits until each has coins, from the chain as
// it should be.
func (r *room) fund(ctx context.Context) error {
	var outs []regtest.Output
	for i, c := range r.people {
		if _, err := c.ask("register " + name(i)); err != nil {
			return err
		}
		said, err := c.ask("address")
		if err != nil {
			return err
		}
		to := fresh.FindString(said)
		if to == "" {
			return fmt.Errorf("no address in %s", said)
		}
		outs = append(outs, regtest.Output{Address: to, Sat: 1_000_000})
	}
	if _, err := r.world.Chain.Pay(ctx, outs...); err != nil {
		return err
	}
	if _, err := r.world.Chain.Mine(ctx, 1); err != nil {
		return err
	}
	for _, c := range r.people {
		if err := c.rich(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rich waits until a user has coins.
func (c *chatter) rich(ctx context.Context) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for range 300 {
		said, err := c.ask("balance")
		if err != nil {
			return err
		}
		if strings.Contains(strings.ReplaceAll(said, "\u00a0", " "), "You have 1 000 000 sat") {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return errors.New("the coins do not come")
}
