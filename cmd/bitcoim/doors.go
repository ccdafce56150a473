package main

import (
	"context"

	"github.com/bitcoim/bitcoim/command"
)

// doors are those besides XMPP.
type doors struct {
	serve   []func(ctx context.Context) error
	signals []func()
}

// notify says to those that tell news unasked that there may be some.
func (d *doors) notify() {
	for _, notify := range d.signals {
		notify()
	}
}

// openDoors opens what the configuration asks for. Who cannot listen says so
// before anything is served.
func (g *gateway) openDoors(ctx context.Context, desk *command.Desk, instance string) (*doors, error) {
	d := &doors{}
	for _, open := range []func(context.Context, *doors, *command.Desk, string) error{g.openSite, g.openApps, g.openBots} {
		if err := open(ctx, d, desk, instance); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (g *gateway) openSite(ctx context.Context, d *doors, desk *command.Desk, _ string) error {
	site, err := openWeb(g.config, strangers{desk}, g.words, g.log)
	if err != nil || site == nil {
		return err
	}
	l, err := site.Listen(ctx)
	d.serve = append(d.serve, func(ctx context.Context) error { return site.Serve(ctx, l) })
	return err
}

func (g *gateway) openApps(ctx context.Context, d *doors, desk *command.Desk, instance string) error {
	door, err := openMoneysocket(g.config, desk, g.words, instance, g.log)
	if err != nil || door == nil {
		return err
	}
	l, err := door.Listen(ctx)
	d.serve = append(d.serve, func(ctx context.Context) error { return door.Serve(ctx, l) })
	d.signals = append(d.signals, door.Notify)
	return err
}

func (g *gateway) openBots(ctx context.Context, d *doors, desk *command.Desk, _ string) error {
	door, err := openLIME(g.config, desk, g.words, g.log)
	if err != nil || door == nil {
		return err
	}
	d.serve = append(d.serve, door.Serve)
	d.signals = append(d.signals, door.Notify)
	return door.Listen(ctx)
}
