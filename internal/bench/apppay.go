package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// alone drives the gateway's node directly.
func (b *appsBench) alone(ctx context.Context, p plan) error {
	return errors.Join(
		kept(&b.some.beside)(together(ctx, p.each, some, 0, b.till.pay)),
		kept(&b.many.beside)(together(ctx, p.each, payers, 0, b.till.pay)),
	)
}

// pay has apps pay.
func (b *appsBench) pay(ctx context.Context, p plan, pid int) error {
	ctx, leave := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer leave()
	var apps []*moneysocket.Consumer
	for i, beacon := range b.payers {
		a := &moneysocket.Consumer{Link: moneysocket.Outgoing(beacon, dialer(i))}
		running.Go(func() { _ = a.Run(ctx) }) // until we leave
		apps = append(apps, a)
	}
	ready, cancel := context.WithTimeout(ctx, stuck)
	defer cancel()
	for i, a := range apps {
		if _, err := a.Info(ready); err != nil {
			return fmt.Errorf("app %d sees no wallet: %w", i, err)
		}
	}
	pay := func(ctx context.Context, i int) error {
		invoice, err := b.till.next()
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, stuck)
		defer cancel()
		_, err = apps[i].Pay(ctx, invoice)
		return err
	}
	return errors.Join(
		b.some.measure(ctx, b.notices, p.each, func() (sample, error) { return together(ctx, p.each, some, pid, pay) }),
		b.many.measure(ctx, b.notices, p.each, func() (sample, error) { return together(ctx, p.each, payers, pid, pay) }),
	)
}
