package main

import (
	"context"
	"fmt"
	"time"
)

func (s *scene) crash(ctx context.Context, alice, _ *person) error {
	to, err := stranger()
	if err != nil {
		return err
	}
	for _, g := range s.world.Gateways {
		if err := g.Stop(); err != nil {
			return err
		}
	}
	doomed := s.world.Gateways[0]
	if err := doomed.Start(ctx, "BITCOIM_CRASH_AT=order.stored"); err != nil {
		return err
	}
	note("the gateway is started again, to die when it has stored a signed transaction")
	code, err := alice.orders(ctx, "pay 6000 "+to)
	if err != nil {
		return err
	}
	if err := alice.says("", "confirm "+code); err != nil {
		return err
	}
	select {
	case <-doomed.Exited():
		note("the gateway is dead (SIGKILL)")
	case <-ctx.Done():
		return ctx.Err()
	}
	waiting, err := s.world.Chain.Mempool(ctx)
	if err != nil {
		return err
	}
	if len(waiting) != 0 {
		return fmt.Errorf("it had sent already: %v", waiting)
	}
	note("nothing was broadcast; the gateway is started again")
	for _, g := range s.world.Gateways {
		if err := g.Start(ctx); err != nil {
			return err
		}
	}
	if _, err := alice.hears(ctx, "Sent 6 000 sat"); err != nil {
		return err
	}
	if err := s.mine(ctx, 1); err != nil {
		return err
	}
	if _, err := alice.hears(ctx, "6 000 sat to "+to+" are in a block"); err != nil {
		return err
	}
	return s.paid(ctx, to, 6_000)
}

func (s *scene) oneDies(ctx context.Context, alice, bob *person) error {
	if s.world.Options.Gateways < 2 {
		note("there is only one here")
		return nil
	}
	if err := s.world.Gateways[1].Kill(); err != nil {
		return err
	}
	note("the second gateway is dead (SIGKILL)")
	if err := s.noticed(ctx, alice); err != nil {
		return err
	}
	for range 10 {
		if _, err := alice.asks(ctx, "balance", "You have"); err != nil {
			return err
		}
	}
	code, err := alice.orders(ctx, "pay 500 bob still here")
	if err != nil {
		return err
	}
	if _, err := alice.asks(ctx, "confirm "+code, "Paid 500 sat"); err != nil {
		return err
	}
	_, err = bob.hears(ctx, "alice sent you 500 sat", "“still here”")
	return err
}

// noticed asks until there is an answer. What is on its way to a gateway in the
// moment of its death can be lost: a component acknowledges nothing (XEP-0114).
func (s *scene) noticed(ctx context.Context, p *person) error {
	for {
		if err := p.says("", "balance"); err != nil {
			return err
		}
		soon, cancel := context.WithTimeout(ctx, 5*time.Second)
		_, err := p.hears(soon, "You have")
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		note("that was lost on its way to the dead one; %s says it again", p.name)
	}
}
