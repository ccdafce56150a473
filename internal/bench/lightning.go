package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

const (
	some    = 4   // who pay at the same time, in chat and at the node
	payers  = 16  // the same, when there are many
	askers  = 16  // strangers who ask the web door at the same time
	welcome = 110 // invoices that a web door just opened makes at once: no setting lifts its limit
)

// lightningRows are measured in turns: the node alone, then the gateway.
type lightningRows struct {
	receive, offer, callback pair
	some, many               paymentRate
}

// measureLightning has users ask for invoices and pay them in chat, and
// strangers ask at the web door, all through a real gateway; beside it the
// same node is driven directly.
func measureLightning(ctx context.Context, p plan) (rows []row, err error) {
	ports, err := port.Several(2)
	if err != nil {
		return nil, err
	}
	door, plain := port.Address(ports[0]), port.Address(ports[1])
	w, err := world.Start(ctx, world.Options{Server: "prosody", Database: "sqlite", Lightning: true, Settings: lift(map[string]string{
		"lightning.open_invoices": "10000", "lightning.in_flight": "100", "lightning.in_flight_domain": "1000", "lightning.in_flight_all": "1000", "lightning.hands": "64",
		"xmpp.presence_rate": "100", // the default: nobody's presence is measured
		// As behind a proxy that does TLS and says who asks.
		"web.listen": fmt.Sprintf("%q", door), "web.cert_file": `""`, "web.key_file": `""`, "web.proxies": `["127.0.0.1"]`,
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
	s := newStrangers("http://" + door)
	defer s.leave()
	offer, err := s.get(ctx, offerPath)
	if err != nil {
		return nil, err
	}
	if err := w.Gateways[0].Stop(); err != nil {
		return nil, err
	}
	t, err := openTill(ctx, w)
	if err != nil {
		return nil, err
	}
	defer t.close()
	n, end, err := openNotices(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	var all lightningRows
	for i := range p.rounds {
		p.note("round %d of %d", i+1, p.rounds)
		if err := errors.Join(t.fill(ctx, p), all.node(ctx, p, t), all.bare(ctx, p, r, plain, string(offer))); err != nil {
			return nil, fmt.Errorf("without a gateway: %w", err)
		}
		err := r.withGateway(ctx, func(pid int) error {
			return errors.Join(all.web(ctx, p, s, pid), all.chat(ctx, p, r, n, t, pid))
		})
		if err != nil {
			return nil, fmt.Errorf("gateway: %w", err)
		}
		if err := t.even(ctx); err != nil {
			return nil, err
		}
	}
	return slices.Concat(
		[]row{all.receive.row("receive in chat, prosody, sqlite", "node alone", 0)},
		all.some.rows(fmt.Sprintf("pay an invoice in chat, to the final word, %d users", some), "node alone", 0.8),
		all.many.rows(fmt.Sprintf("  %d users", payers), "node alone", 0.8),
		[]row{
			all.offer.row("LNURL offer", "bare net/http", 0),
			all.callback.row("LNURL callback, with an invoice", "node alone", 0),
		},
	), nil
}

// kept appends a sample that could be taken.
func kept(to *[]sample) func(sample, error) error {
	return func(s sample, err error) error {
		if err == nil {
			*to = append(*to, s)
		}
		return err
	}
}

// node drives the gateway's node directly, by as many as drive it through the
// gateway.
func (l *lightningRows) node(ctx context.Context, p plan, t *till) error {
	return errors.Join(
		kept(&l.receive.beside)(together(ctx, p.each, people, 0, t.invoice)),
		kept(&l.some.beside)(together(ctx, p.each, some, 0, t.pay)),
		kept(&l.many.beside)(together(ctx, p.each, payers, 0, t.pay)),
		kept(&l.callback.beside)(job(welcome).times(ctx, askers, 0, t.invoice)),
	)
}

func (l *lightningRows) chat(ctx context.Context, p plan, r *room, n notices, t *till, pid int) error {
	receive := func(_ context.Context, i int) error { return r.people[i].receives() }
	pay := func(_ context.Context, i int) error {
		invoice, err := t.next()
		if err != nil {
			return err
		}
		return r.people[i].pays(invoice)
	}
	return errors.Join(
		kept(&l.receive.ours)(together(ctx, p.each, people, pid, receive)),
		l.some.measure(ctx, n, p.each, func() (sample, error) { return together(ctx, p.each, some, pid, pay) }),
		l.many.measure(ctx, n, p.each, func() (sample, error) { return together(ctx, p.each, payers, pid, pay) }),
	)
}

func (l *lightningRows) bare(ctx context.Context, p plan, r *room, addr, offer string) error {
	s := newStrangers("http://" + addr)
	defer s.leave()
	return r.withBare(ctx, addr, offer, func(pid int) error {
		return kept(&l.offer.beside)(together(ctx, p.each, askers, pid, s.offer))
	})
}

func (l *lightningRows) web(ctx context.Context, p plan, s *strangers, pid int) error {
	return errors.Join(
		kept(&l.offer.ours)(together(ctx, p.each, askers, pid, s.offer)),
		kept(&l.callback.ours)(job(welcome).times(ctx, askers, pid, s.callback)),
	)
}
