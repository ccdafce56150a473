package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/internal/xep0114"
)

// contacts is how many addresses each user has in the roster.
const contacts = 10

// mostMemory is what the gateway may ever have resident, in KiB.
const mostMemory = 256 << 10

// measureMemory starts a gateway that knows many users, each with some
// addresses, lets it greet them all, and lets them all log in at once. The
// XMPP server is ours, for a real one would first need those users itself.
func measureMemory(ctx context.Context, p plan) (rows []row, err error) {
	crowd := &audience{}
	server, err := xep0114.Listen(domain, secret, crowd.hear)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	w, err := world.Start(ctx, world.Options{Server: "prosody", Database: "sqlite", Settings: map[string]string{
		"xmpp.domain": strconv.Quote(domain), "xmpp.server": strconv.Quote(server.Addr()), "xmpp.secret": strconv.Quote(secret),
		"xmpp.presence_rate": "10000",
	}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Stop()) }()
	g := w.Gateways[0]
	if err := g.Stop(); err != nil {
		return nil, err
	}
	p.note("%d users with %d addresses each", p.users, contacts)
	if crowd.logins, err = populate(ctx, filepath.Join(w.Dir, "bitcoim.db"), p.users); err != nil {
		return nil, err
	}
	if err := g.Start(ctx); err != nil {
		return nil, err
	}
	idle := memoryOf(g.PID())
	all := int64(p.users) * (1 + contacts)

	p.note("the gateway greets them")
	began := time.Now()
	if err := crowd.waitFor(ctx, all); err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	greeted := time.Since(began)

	p.note("they log in")
	began = time.Now()
	if err := crowd.logIn(ctx, server); err != nil {
		return nil, fmt.Errorf("logging in: %w", err)
	}
	online := time.Since(began)
	after := memoryOf(g.PID())
	return []row{
		{what: fmt.Sprintf("memory, %d users online with %d addresses each, most", p.users, contacts), ours: after.most.String(),
			target: "< 256 MiB", verdict: verdict(after.most > 0 && after.most < mostMemory)},
		{what: "  at the end", ours: after.now.String(), beside: idle.now.String() + " just started"},
		{what: "  presences sent to greet them", ours: count(float64(all)/greeted.Seconds()) + "/s"},
		{what: "  presences sent when they log in", ours: count(float64(all)/online.Seconds()) + "/s"},
	}, nil
}

// audience is everybody, as seen from their server.
type audience struct {
	logins    [][]byte // what the server sends when each logs in
	presences atomic.Int64
}

var available = []byte("<presence ")

// hear counts available presences: what is not one has a type.
func (a *audience) hear(stanza []byte) {
	head, _, _ := bytes.Cut(stanza, []byte(">"))
	if bytes.HasPrefix(head, available) && !bytes.Contains(head, []byte(" type=")) {
		a.presences.Add(1)
	}
}

// waitFor waits until n presences were heard in all.
func (a *audience) waitFor(ctx context.Context, n int64) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	last, moved := int64(0), time.Now()
	for {
		heard := a.presences.Load()
		switch {
		case heard >= n:
			return nil
		case heard > last:
			last, moved = heard, time.Now()
		case time.Since(moved) > stuck:
			return fmt.Errorf("%d presences of %d", heard, n)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// logIn sends what a server does for every user who comes online: to each
// contact a probe and a presence. They come as fast as the gateway reads, but
// never so many that it would have to drop some.
func (a *audience) logIn(ctx context.Context, s *xep0114.Server) error {
	const most = 80_000 // presences owed to us
	start, owed := a.presences.Load(), int64(0)
	for _, l := range a.logins {
		if err := s.Send(l); err != nil {
			return err
		}
		owed += 1 + contacts
		if err := a.waitFor(ctx, start+owed-most); err != nil {
			return err
		}
	}
	return a.waitFor(ctx, start+owed)
}

// loginStanzas is what a server sends to the gateway and to contacts of a user who
// comes online.
func loginStanzas(user string, nodes []string) []byte {
	var b bytes.Buffer
	for _, n := range append([]string{""}, nodes...) {
		to := domain
		if n != "" {
			to = n + "@" + domain
		}
		fmt.Fprintf(&b, "<presence type='probe' from='%s' to='%s'/><presence from='%[1]s/phone' to='%[2]s' xml:lang='en'>"+
			"<priority>1</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://example.org' ver='0123456789012345678901234567'/></presence>", user, to)
	}
	return b.Bytes()
}

func userJID(i int) string { return fmt.Sprintf("user%05d@localhost", i) }

// kib is an amount of memory.
type kib int64

func (k kib) String() string { return fmt.Sprintf("%.1f MiB", float64(k)/1024) }

type memory struct{ now, most kib }

// memoryOf reads VmRSS and VmHWM of a process.
func memoryOf(pid int) memory {
	path := fmt.Sprintf("/proc/%d/status", pid)
	read := func(name string) kib {
		n, _ := strconv.ParseInt(strings.TrimSuffix(field(path, name), " kB"), 10, 64)
		return kib(n)
	}
	return memory{now: read("VmRSS"), most: read("VmHWM")}
}
