package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/internal/bench/socket"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/wallet"
)

const (
	sessions  = 200 // of as many users, when there are many
	botWindow = 64  // commands of one session under way, when there are many
)

// botRows are measured in turns: the echo, then the gateway.
type botRows struct{ single, deep, wide pair }

// measureBots has bots ask a real gateway for balances, beside an echo that
// reads as much JSON and writes as much.
func measureBots(ctx context.Context, p plan) (rows []row, err error) {
	ports, err := port.Several(2)
	if err != nil {
		return nil, err
	}
	door, bare := port.Address(ports[0]), port.Address(ports[1])
	url := "ws://" + door + "/lime"
	w, err := world.Start(ctx, world.Options{Server: "prosody", Database: "sqlite", Settings: lift(map[string]string{
		"lime.ws": fmt.Sprintf("%q", door), "lime.urls": fmt.Sprintf("[%q]", url), "lime.require_tls": "false",
	})})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Stop()) }()
	r, err := newRoom(w)
	if err != nil {
		return nil, err
	}
	keys, err := botKeys(ctx, w)
	if err != nil {
		return nil, err
	}
	answer, err := oneAnswer(ctx, url, keys[0])
	if err != nil {
		return nil, err
	}
	if err := w.Gateways[0].Stop(); err != nil {
		return nil, err
	}
	var all botRows
	for i := range p.rounds {
		p.note("round %d of %d", i+1, p.rounds)
		err := r.with(ctx, socket.Ready, func(pid int) error {
			return all.measure(ctx, p, pid, "ws://"+bare, nil, func(p *pair) *[]sample { return &p.beside })
		}, "socket", bare, string(answer))
		if err != nil {
			return nil, fmt.Errorf("echo: %w", err)
		}
		err = r.withGateway(ctx, func(pid int) error {
			return all.measure(ctx, p, pid, url, keys, func(p *pair) *[]sample { return &p.ours })
		})
		if err != nil {
			return nil, fmt.Errorf("gateway: %w", err)
		}
	}
	const beside = "JSON echo"
	return []row{
		all.single.row("get /balance over LIME, websocket, sqlite, 1 session", beside, 0),
		all.deep.row(fmt.Sprintf("  %d commands under way", botWindow), beside, 0),
		all.wide.row(fmt.Sprintf("  %d sessions", sessions), beside, 0),
	}, nil
}

// botKeys lets a bot at each of some wallets.
func botKeys(ctx context.Context, w *world.World) (keys []wallet.LinkSecret, err error) {
	l, err := openLinker(ctx, w, at("127.0.0.1:1"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	users, err := l.crowd(ctx, "owner", sessions)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		k, err := l.link(ctx, wallet.LIME, u)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// oneAnswer is what a gateway answers.
func oneAnswer(ctx context.Context, url string, key wallet.LinkSecret) ([]byte, error) {
	all, err := arrive(ctx, url, 1, []wallet.LinkSecret{key})
	if err != nil {
		return nil, err
	}
	answer, err := []byte(nil), all[0].ask(ctx)
	if err == nil {
		answer, err = all[0].hear(ctx)
	}
	return answer, errors.Join(err, all.leave())
}

// arrive brings n bots to a server; without keys they do not log in.
func arrive(ctx context.Context, url string, n int, keys []wallet.LinkSecret) (all bots, err error) {
	ctx, cancel := context.WithTimeout(ctx, stuck)
	defer cancel()
	for i := range n {
		b, err := dialBot(ctx, url)
		if err != nil {
			return nil, errors.Join(err, all.leave())
		}
		all = append(all, b)
		if keys == nil {
			continue
		}
		if err := b.login(ctx, keys[i].Identity, keys[i].Key); err != nil {
			return nil, errors.Join(err, all.leave())
		}
	}
	return all, nil
}

func (r *botRows) measure(ctx context.Context, p plan, pid int, url string, keys []wallet.LinkSecret, to func(*pair) *[]sample) error {
	all, err := arrive(ctx, url, sessions, keys)
	if err != nil {
		return err
	}
	err = errors.Join(
		kept(to(&r.single))(all.talk(ctx, p, 1, 1, pid)),
		kept(to(&r.deep))(all.talk(ctx, p, 1, botWindow, pid)),
		kept(to(&r.wide))(all.talk(ctx, p, sessions, 1, pid)),
	)
	return errors.Join(err, all.leave())
}
