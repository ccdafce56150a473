package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"

	"github.com/bitcoim/bitcoim/internal/bench/socket"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// appsBench is a gateway with apps, and what stands beside it.
type appsBench struct {
	*room
	till        *till
	payers      []moneysocket.Beacon
	strangers   []moneysocket.Beacon // of users who do nothing
	relay, bare string               // addresses

	notices              notices
	some, many           paymentRate
	first, again, visits []sample
	relayed, bared       passing
}

// measureApps has Moneysocket apps come to a real gateway and pay, beside the
// same node driven directly; it sends frames through a relay, and counts what
// links cost on which nothing happens.
func measureApps(ctx context.Context, p plan) (rows []row, err error) {
	ports, err := port.Several(3)
	if err != nil {
		return nil, err
	}
	listen := port.Address(ports[0])
	w, err := world.Start(ctx, world.Options{Server: "prosody", Database: "sqlite", Lightning: true, Settings: lift(map[string]string{
		"lightning.in_flight": "100", "lightning.in_flight_domain": "1000", "lightning.in_flight_all": "1000", "lightning.hands": "64", "xmpp.presence_rate": "100",
		"moneysocket.listen": fmt.Sprintf("%q", listen), "moneysocket.url": fmt.Sprintf("%q", "ws://"+listen),
	})})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Stop()) }()
	r, err := enter(ctx, w)
	if err != nil {
		return nil, err
	}
	defer r.leave()
	if err := w.Gateways[0].Stop(); err != nil {
		return nil, err
	}
	l, err := openLinker(ctx, w, at(listen))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	b := &appsBench{room: r, relay: port.Address(ports[1]), bare: port.Address(ports[2])}
	b.notices = notices{l.desk.DB.Read()}
	if err := b.link(ctx, l, p.links/4); err != nil {
		return nil, err
	}
	if b.till, err = openTill(ctx, w); err != nil {
		return nil, err
	}
	defer b.till.close()
	for i := range p.rounds {
		p.note("round %d of %d", i+1, p.rounds)
		if err := b.round(ctx, p); err != nil {
			return nil, err
		}
	}
	idle, err := measureIdle(ctx, p, r, l)
	return append(b.rows(), idle...), err
}

// at is where something listens.
func at(addr string) moneysocket.Location {
	a := netip.MustParseAddrPort(addr)
	return moneysocket.Location{Host: a.Addr().String(), Port: a.Port(), Plain: true}
}

// link lets apps at the wallets of those who pay, and of strangers.
func (b *appsBench) link(ctx context.Context, l *linker, strangers int) (err error) {
	var rich []string
	for i := range payers {
		rich = append(rich, name(i))
	}
	if b.payers, err = l.beacons(ctx, rich); err != nil {
		return err
	}
	poor, err := l.crowd(ctx, "guest", strangers)
	if err != nil {
		return err
	}
	b.strangers, err = l.beacons(ctx, poor)
	return err
}

func (b *appsBench) round(ctx context.Context, p plan) error {
	if err := errors.Join(b.passed(ctx, p), b.till.fill(ctx, p), b.alone(ctx, p)); err != nil {
		return fmt.Errorf("without a gateway: %w", err)
	}
	err := b.withGateway(ctx, func(pid int) error { return errors.Join(b.pay(ctx, p, pid), b.come(ctx, p, pid)) })
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	return b.till.even(ctx)
}

// passed sends frames through a relay of ours, and through bare websockets.
func (b *appsBench) passed(ctx context.Context, p plan) error {
	bare := func(pid int) error {
		return errors.Join(
			b.bared.measure(ctx, p.each/2, pid, at(b.bare), atSocket),
			kept(&b.visits)(together(ctx, p.each, askers, pid, visit(at(b.bare)))),
		)
	}
	ours := func(pid int) error { return b.relayed.measure(ctx, p.each/2, pid, at(b.relay), atRelay) }
	return errors.Join(
		b.with(ctx, socket.Ready, bare, "socket", b.bare, ""),
		b.run(ctx, filepath.Join(b.world.Dir, "bitcoim"), "relay at ws://"+b.relay, ours,
			"moneysocket", "relay", "-listen", b.relay, "-connections", "-1", "-per-address", "-1", "-waiting", "-1", "-rate", "-1"),
	)
}

// come brings apps to the gateway: each for the first time since it started,
// then again.
func (b *appsBench) come(ctx context.Context, p plan, pid int) error {
	c := &callers{beacons: b.strangers}
	return errors.Join(
		kept(&b.first)(job(len(b.strangers)).times(ctx, askers, pid, c.call)),
		kept(&b.again)(together(ctx, p.each, askers, pid, c.call)),
	)
}

func (b *appsBench) rows() []row {
	return slices.Concat(
		b.some.rows(fmt.Sprintf("pay through an app, to the preimage, prosody, sqlite, %d apps", some), "node alone", 0),
		b.many.rows(fmt.Sprintf("  %d apps", payers), "node alone", 0),
		b.relayed.rows(&b.bared),
		[]row{
			pair{b.first, b.visits}.row(fmt.Sprintf("apps that come and see their wallet, %d at once, first time", askers), "bare upgrades", 0),
			pair{b.again, b.visits}.row("  each again", "bare upgrades", 0),
		},
	)
}
